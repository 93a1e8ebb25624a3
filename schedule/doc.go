// Package schedule tells when the timers of rules fire.
//
// A rule's timer is a trigger of type [IntervalTimer], [DateTimer] or
// [CronTimer] with parameters. [Parse] checks them, as is done when a rule is
// stored, and names everything that is wrong at once. [Timer.Start] makes of the
// result a [Schedule], whose [Schedule.Next] is a pure function from one time to
// the next fire. [Schedule.Due] decides what to fire after a delay, such as the
// absence of the process.
//
// The semantics are StackStorm's, and so those of APScheduler: weekdays count
// from Monday = 0, all given cron fields must hold together, and a cron field
// less significant than the least significant one given is at its minimum.
//
// Cron reads the clock on the wall. A time that does not exist because clocks go
// forward fires as much later as they do; a time that exists twice because
// clocks go back fires the second time; a field that allows every value passes
// through both.
//
// The package has no clock. It finds time zones with [time.LoadLocation]; a
// program for hosts without a time zone database imports time/tzdata.
package schedule
