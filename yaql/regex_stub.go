package yaql

import "time"

func parseTime(s, layout string) (time.Time, error)         { return time.Time{}, fail(KindDateParse, "x") }
func formatTime(t time.Time, layout string) (string, error) { return "", nil }
func defineConversions(s *FunctionSet)                      {}
