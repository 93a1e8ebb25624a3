package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/store/sqlite"
)

// An engine that keeps its records in a file finds them again after a restart.
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "petrel")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	ctx := context.Background()
	for range 2 { // the service and, later, its restart
		eng, err := petrel.New(petrel.WithStore(sqlite.Open(filepath.Join(folder, "petrel.db"))))
		if err != nil {
			log.Fatal(err)
		}
		if err := eng.Start(ctx); err != nil {
			log.Fatal(err)
		}
		color, err := eng.Datastore().Get(ctx, "color")
		fmt.Printf("%q %t\n", color, errors.Is(err, petrel.ErrNotFound))
		if err := eng.Datastore().Set(ctx, "color", "blue"); err != nil {
			log.Fatal(err)
		}
		if err := eng.Stop(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// "" true
	// "blue" false
}

// The store can be used without an engine, for instance to read the history
// of one that is running in another process.
func ExampleNew() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "petrel")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	store, err := sqlite.New(ctx, filepath.Join(folder, "petrel.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	err = store.Commit(ctx, petrel.Transition{Keys: []petrel.Key{{Scope: petrel.ScopeSystem, Name: "color", Value: "blue"}}})
	if err != nil {
		log.Fatal(err)
	}
	key, err := store.Key(ctx, petrel.ScopeSystem, "color")
	fmt.Println(key.Value, err)
	// Output: blue <nil>
}

// Normal trades safety against loss of power for speed where commits come one at a time.
func ExampleWithSynchronous() {
	folder, err := os.MkdirTemp("", "petrel")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	store, err := sqlite.New(context.Background(), filepath.Join(folder, "petrel.db"), sqlite.WithSynchronous(sqlite.Normal))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(store.Close())
	// Output: <nil>
}

// A path that leads to something else is refused, and the file is left alone.
func ExampleErrNotPetrel() {
	file, err := os.CreateTemp("", "notes")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(file.Name())
	fmt.Fprintln(file, "Dear diary, today I mistook you for a database of one hundred bytes and more. It will not happen again.")
	file.Close()

	_, err = sqlite.New(context.Background(), file.Name())
	fmt.Println(errors.Is(err, sqlite.ErrNotPetrel))
	// Output: true
}
