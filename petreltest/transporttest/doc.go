// Package transporttest checks that an implementation of [petrel.Transport]
// keeps the contract. A transport's own tests call [Run] with a function that
// opens one:
//
//	func TestTransport(t *testing.T) {
//		transporttest.Run(t, func(t testing.TB) petrel.Transport {
//			return mytransport.Open(t.TempDir())
//		})
//	}
//
// Where the comments of [petrel.Transport] leave room, the suite demands this:
//
//   - Every matching event is either delivered or counted as lost: when a
//     subscription has been read empty, what was delivered and what was lost
//     add up to what was published since it began.
//   - A subscription that falls behind does not make others lose events.
//   - Events that wait when a subscription ends may still be delivered before
//     its channel is closed.
//   - Subscribe with a context that has ended fails with the context's error.
//   - Close may be called again, and subscriptions' contexts may end after it.
//   - When the transport is closed, no goroutine of it is left.
package transporttest
