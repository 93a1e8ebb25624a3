package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/petrel-dev/petrel"
)

const (
	trigger     = "mymonitor.service_trigger"
	listed      = 5 // how many records of a kind are shown
	timeOfTable = "2006-01-02T15:04:05.000Z"
)

// printTrail prints what led to an execution and what came of it.
func printTrail(ctx context.Context, out io.Writer, eng *petrel.Engine, x petrel.Execution) error {
	if err := printInstances(ctx, out, eng); err != nil {
		return err
	}
	enforcements, err := eng.Enforcements(ctx, petrel.EnforcementQuery{Rule: x.Rule.Ref, Page: petrel.Page{Limit: listed}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nEnforcements of %s, newest first\n", x.Rule.Ref)
	table := [][]string{{"id", "rule.ref", "trigger_instance_id", "execution_id", "enforced_at"}}
	for _, e := range enforcements {
		table = append(table, []string{e.ID, e.Rule.Ref, e.TriggerInstance, e.Execution, e.EnforcedAt.UTC().Format(timeOfTable)})
	}
	printTable(out, table)
	return printExecution(out, x)
}

// printInstances prints the newest trigger instances with chosen fields.
func printInstances(ctx context.Context, out io.Writer, eng *petrel.Engine) error {
	instances, err := eng.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Trigger: trigger, Page: petrel.Page{Limit: listed}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nTrigger instances of %s, newest first\n", trigger)
	table := [][]string{{"id", "trigger", "occurrence_time", "status", "payload.hosts", "payload.service_name"}}
	for _, i := range instances {
		var row monitorRow
		if err := json.Unmarshal(i.Payload, &row); err != nil {
			return err
		}
		table = append(table, []string{i.ID, i.Trigger, i.OccurrenceTime.UTC().Format(timeOfTable), string(i.Status),
			deref(row.Hosts), deref(row.ServiceName)})
	}
	printTable(out, table)
	return nil
}

// printExecution prints an execution. Its parameters are left out: the
// password is among them.
func printExecution(out io.Writer, x petrel.Execution) error {
	var result bytes.Buffer
	if len(x.Result) > 0 {
		if err := json.Indent(&result, x.Result, "", "  "); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\nExecution\n")
	printTable(out, [][]string{{"id", "action.ref", "context.user", "status", "start_timestamp", "elapsed"},
		{x.ID, x.Action, x.User, string(x.Status), x.RequestedAt.UTC().Format(timeOfTable), x.Elapsed().Round(time.Millisecond).String()}})
	fmt.Fprintf(out, "result: %s\n", result.String())
	return nil
}

// printTable prints rows, the first of them as heads, in boxes.
func printTable(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for n, cell := range row {
			widths[n] = max(widths[n], utf8.RuneCountInString(cell))
		}
	}
	line := "+"
	for _, w := range widths {
		line += strings.Repeat("-", w+2) + "+"
	}
	fmt.Fprintln(out, line)
	for n, row := range rows {
		for i, cell := range row {
			fmt.Fprintf(out, "| %-*s ", widths[i], cell)
		}
		fmt.Fprintln(out, "|")
		if n == 0 {
			fmt.Fprintln(out, line)
		}
	}
	fmt.Fprintln(out, line)
}
