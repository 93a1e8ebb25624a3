package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the table of the demonstration
)

// account is how to reach the database, as the pack's configuration says it.
type account struct {
	hosts, username, password, database string
}

// monitorRow is one row of the table monitor. Empty fields are nil.
type monitorRow struct {
	ID               int64   `json:"id"`
	Hosts            *string `json:"hosts"`
	ServiceName      *string `json:"service_name"`
	OperationID      *int64  `json:"operation_id"`
	State            *int64  `json:"state"`
	OperationCommand *string `json:"operation_command"`
}

const firstRow = `SELECT id, ipaddress, service_name, operation_id, state, operation_command
	FROM monitor ORDER BY id LIMIT 1`

// readFirstRow returns the first row of the table, or nil if the table is empty.
func readFirstRow(ctx context.Context, db *sql.DB) (*monitorRow, error) {
	var r monitorRow
	err := db.QueryRowContext(ctx, firstRow).
		Scan(&r.ID, &r.Hosts, &r.ServiceName, &r.OperationID, &r.State, &r.OperationCommand)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the table monitor: %w", err)
	}
	return &r, nil
}

const (
	sqliteTable = `CREATE TABLE IF NOT EXISTS monitor (id integer PRIMARY KEY AUTOINCREMENT, ipaddress varchar(20),
		service_name varchar(100), operation_id int, state int, operation_command text)`
	mysqlTable = `CREATE TABLE IF NOT EXISTS monitor (id int AUTO_INCREMENT PRIMARY KEY, ipaddress varchar(20),
		service_name varchar(100), operation_id int, state int, operation_command text)`
)

// createTable makes the table with some rows, unless there is one.
func createTable(ctx context.Context, db *sql.DB, definition string) error {
	if _, err := db.ExecContext(ctx, definition); err != nil {
		return fmt.Errorf("creating the table monitor: %w", err)
	}
	if row, err := readFirstRow(ctx, db); row != nil || err != nil {
		return err
	}
	for _, row := range [][]any{
		{1, "192.168.10.15", "ftp", 1, 2, "service vsftpd start"},
		{2, "192.168.10.15", "nginx", 2, 4, "service nginx start"},
		{3, "192.168.10.15", "httpd", 3, 0, "service httpd start"},
		{4, "127.0.0.1", nil, nil, nil, nil},
		{5, "127.0.0.1", nil, nil, nil, nil},
	} {
		if _, err := db.ExecContext(ctx, `INSERT INTO monitor VALUES (?, ?, ?, ?, ?, ?)`, row...); err != nil {
			return fmt.Errorf("filling the table monitor: %w", err)
		}
	}
	return nil
}

// openSQLite opens the database of the demonstration.
func openSQLite(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
}

// openMySQL opens the database that the account names.
func openMySQL(a account) (*sql.DB, error) {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", a.hosts
	if _, _, err := net.SplitHostPort(a.hosts); err != nil {
		config.Addr = net.JoinHostPort(a.hosts, "3306")
	}
	config.User, config.Passwd, config.DBName = a.username, a.password, a.database
	return openMySQLConfig(config)
}

// openDSN opens the database of a data source name such as "root@tcp(127.0.0.1:3306)/test".
func openDSN(dsn string) (*sql.DB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	return openMySQLConfig(config)
}

func openMySQLConfig(config *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
