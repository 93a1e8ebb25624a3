package yaql

import "time"

type regex struct{ pattern string }

func defineRegexes(s *FunctionSet) {}

func parseTime(s, layout string) (time.Time, error)         { return time.Time{}, fail(KindDateParse, "x") }
func formatTime(t time.Time, layout string) (string, error) { return "", nil }
func stackstormSet() *FunctionSet                           { return newFunctionSet() }

func StackStorm() *FunctionSet { return stackstormSet() }
