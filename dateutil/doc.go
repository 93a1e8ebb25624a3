// Package dateutil reads dates and times in nearly any form, as the parser of
// python-dateutil does on which StackStorm's rules and YAQL rely:
// "2024-01-10T11:59:00Z", "Jan 10 2024 11:59", "01/10/2024", "11:59 PM".
package dateutil
