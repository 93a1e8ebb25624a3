package orquesta

// transitionTable gives the status after an event, for each status in which the
// event means something. It is never written to.
type transitionTable map[string]map[Status]Status

// actionTransitions are the effects of an action's status on its task.
var actionTransitions = transitionTable{
	"requested": {Unset: Requested},
	"scheduled": {Unset: Scheduled, Requested: Scheduled, Delayed: Scheduled},
	"delayed":   {Unset: Delayed, Requested: Delayed, Scheduled: Delayed},
	"running":   {Unset: Running, Requested: Running, Scheduled: Running, Delayed: Running, Running: Running, Paused: Running, Resuming: Running, Retrying: Running},
	"pending":   {Unset: Pending, Requested: Pending, Scheduled: Pending, Delayed: Pending, Running: Pending},
	"pausing":   {Requested: Pausing, Scheduled: Pausing, Delayed: Pausing, Running: Pausing},
	"paused":    {Requested: Paused, Scheduled: Paused, Delayed: Paused, Running: Paused, Pausing: Paused, Canceling: Canceled},
	"resuming":  {Pausing: Resuming, Paused: Resuming},
	"succeeded": {Running: Succeeded, Pending: Succeeded},
	"failed":    {Requested: Failed, Scheduled: Failed, Delayed: Failed, Running: Failed, Pending: Failed, Pausing: Failed, Canceling: Failed},
	"timeout":   {Requested: Timeout, Scheduled: Timeout, Delayed: Timeout, Running: Failed, Pending: Failed, Pausing: Failed, Canceling: Failed},
	"abandoned": {Requested: Abandoned, Scheduled: Abandoned, Delayed: Abandoned, Running: Failed, Pending: Failed, Pausing: Failed, Canceling: Failed},
	"canceling": {Requested: Canceling, Scheduled: Canceling, Delayed: Canceling, Running: Canceling, Pausing: Canceling, Paused: Canceling, Resuming: Canceling, Retrying: Canceling},
	"canceled":  {Requested: Canceled, Scheduled: Canceled, Delayed: Canceled, Running: Canceled, Pending: Canceled, Pausing: Canceled, Paused: Canceled, Resuming: Canceled, Retrying: Canceled, Canceling: Canceled},
}

// itemTransitions are the effects of an item's status on its task, by what the
// other items do.
var itemTransitions = transitionTable{
	"pending_active":       {Running: Pausing},
	"pending_incomplete":   {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"pending_completed":    {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"pending_paused":       {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"pending_canceled":     {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"pending_failed":       {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"paused_active":        {Running: Pausing},
	"paused_incomplete":    {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"paused_completed":     {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"paused_paused":        {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"paused_canceled":      {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"paused_failed":        {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"succeeded_active":     {Running: Running},
	"succeeded_incomplete": {Running: Running, Pausing: Paused, Canceling: Canceled},
	"succeeded_completed":  {Running: Succeeded, Pausing: Succeeded, Canceling: Succeeded},
	"succeeded_paused":     {Running: Paused, Pausing: Paused, Canceling: Canceled},
	"succeeded_canceled":   {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"succeeded_failed":     {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"failed_incomplete":    {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"failed_completed":     {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"failed_paused":        {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"failed_canceled":      {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"failed_failed":        {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"timeout_incomplete":   {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"timeout_completed":    {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"timeout_paused":       {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"timeout_canceled":     {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"timeout_failed":       {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"abandoned_incomplete": {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"abandoned_completed":  {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"abandoned_paused":     {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"abandoned_canceled":   {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"abandoned_failed":     {Running: Failed, Pausing: Failed, Canceling: Canceled},
	"canceled_active":      {Running: Canceling},
	"canceled_incomplete":  {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"canceled_completed":   {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"canceled_paused":      {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"canceled_canceled":    {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
	"canceled_failed":      {Running: Canceled, Pausing: Canceled, Canceling: Canceled},
}
