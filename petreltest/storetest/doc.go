// Package storetest checks that an implementation of [petrel.Store] keeps the
// contract. A store's own tests call [Run] with a function that opens an empty
// store:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) petrel.Store {
//			return mystore.Open(t.TempDir())
//		})
//	}
//
// Where the comments of [petrel.Store] leave room, the suite demands this:
//
//   - Inserting a record whose id is stored, moving a record that is not
//     stored, inserting and moving one record in the same transition, and
//     moving one record twice in the same transition fail with
//     [petrel.ErrConflict].
//   - Keys that a transition both deletes and writes are there afterwards.
//   - Records come newest first: by their time, records of the same time by id,
//     the greater id first. Page.OldestFirst is the exact reverse. Keys come by
//     name, then scope, bytes compared.
//   - RenewLeases leaves the revision alone, so that a move prepared before it
//     still applies.
//   - ExecutionQuery.LeaseBefore selects executions that have an owner and a
//     lease; a zero LeaseUntil is no lease.
//   - Times come back in UTC, equal to what was given to the microsecond. The
//     zero time stays zero.
//   - JSON comes back byte for byte, nil as nil.
//   - Text that holds NUL bytes or is not valid UTF-8 comes back byte for byte,
//     or the transition is refused with [petrel.ErrInvalid]; it is never altered.
//   - A context that has ended before a call makes it fail with the context's
//     error. Commit returns a context's error only if nothing was stored.
//   - Close may be called again; all other calls fail with [petrel.ErrStopped] then.
package storetest
