package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

// mysqlSensor is the code of sensors/check_mysql_sensor.yaml: it polls the
// first row of the table monitor.
type mysqlSensor struct {
	open func(account) (*sql.DB, error)
	db   *sql.DB
}

// Setup checks the pack's configuration, makes the keys of the datastore that
// rules read, and opens the database.
func (s *mysqlSensor) Setup(ctx context.Context, svc *petrel.SensorService) error {
	a, err := accountOf(svc.Config())
	if err != nil {
		return err
	}
	if err := setKeys(ctx, svc.Datastore(), "127.0.0.1", "ls /tmp"); err != nil {
		return err
	}
	s.db, err = s.open(a)
	return err
}

// Cleanup closes the database.
func (s *mysqlSensor) Cleanup(context.Context) error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

// Poll dispatches the first row. When it fails, the engine reports the error
// and polls again all the same.
func (s *mysqlSensor) Poll(ctx context.Context, svc *petrel.SensorService) error {
	row, err := readFirstRow(ctx, s.db)
	if err != nil {
		return err
	}
	if row == nil {
		svc.Logger().Info("the table monitor is empty")
		return nil
	}
	if err := setKeys(ctx, svc.Datastore(), deref(row.Hosts), deref(row.OperationCommand)); err != nil {
		return err
	}
	return svc.Dispatch(ctx, "service_trigger", row)
}

// accountOf reads the configuration and names everything that is missing.
func accountOf(config *pyvalue.Map) (account, error) {
	var a account
	accounts, _ := config.GetString("mysql_accounts")
	for _, item := range []struct {
		name string
		into *string
	}{
		{"hosts", &a.hosts}, {"username", &a.username}, {"password", &a.password}, {"database", &a.database},
	} {
		value, _ := pyvalue.LookupString(accounts, item.name)
		text, isText := value.(string)
		if !isText {
			return a, fmt.Errorf("the configuration of the pack lacks mysql_accounts.%s: set it in configs/mymonitor.yaml", item.name)
		}
		*item.into = text
	}
	return a, nil
}

func setKeys(ctx context.Context, keys petrel.Datastore, host, command string) error {
	if err := keys.Set(ctx, "HOSTNAME", host); err != nil {
		return err
	}
	return keys.Set(ctx, "OPERATIONCOMMAND", command)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
