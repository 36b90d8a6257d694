// Package expansion bounds what PocketBase's ?expand= puts into an answer. The same record is written wherever
// the path of an expansion comes by: a list of a thousand subscriptions, expanded there and back again twice, is
// a hundred gigabytes of JSON that PocketBase makes in memory.
package expansion

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// What the expansions of one answer may take.
const (
	maxRecords = 3000     // records that are read, each path by itself
	maxRead    = 16 << 20 // bytes of them
	maxWritten = 32 << 20 // bytes of the records of the answer, each as often as it is written
	perRecord  = 256      // bytes for what every record has
)

// ErrTooLarge is the error of expansions that take more.
var ErrTooLarge = errors.New("the expansions take too much: ask for fewer records or expand less")

// App is an application that expands within the limits.
type App struct {
	core.App

	// Large is called before more than a little is read or written, with how many bytes it is. Its error is why
	// that is not done.
	Large func(bytes int64) error

	records int
	read    int64
	err     error
}

// Err is why the records were not expanded. They are then without what was asked for.
func (a *App) Err() error { return a.err }

// ExpandRecord implements core.App.
func (a *App) ExpandRecord(record *core.Record, expands []string, fetch core.ExpandFetchFunc) map[string]error {
	return a.ExpandRecords([]*core.Record{record}, expands, fetch)
}

// ExpandRecords implements core.App.
func (a *App) ExpandRecords(records []*core.Record, expands []string, fetch core.ExpandFetchFunc) map[string]error {
	if fetch == nil {
		fetch = func(collection *core.Collection, ids []string) ([]*core.Record, error) {
			return a.App.FindRecordsByIds(collection.Id, ids)
		}
	}
	failed := a.App.ExpandRecords(records, expands, func(collection *core.Collection, ids []string) ([]*core.Record, error) {
		if a.err == nil {
			a.err = a.mayRead(collection, ids)
		}
		if a.err != nil {
			return nil, a.err
		}
		return fetch(collection, ids)
	})
	if a.err == nil {
		a.err = a.mayWrite(records)
	}
	if a.err != nil {
		for _, record := range records {
			record.SetExpand(nil)
		}
	}
	return failed
}

// mayRead counts records before they are read.
func (a *App) mayRead(collection *core.Collection, ids []string) error {
	if a.records += len(ids); a.records > maxRecords {
		return ErrTooLarge
	}
	bytes, err := stored(a.App, collection, ids)
	if err != nil {
		return err
	}
	if a.read += bytes; a.read > maxRead {
		return ErrTooLarge
	}
	return a.Large(a.read)
}

// mayWrite counts records before they are written.
func (a *App) mayWrite(records []*core.Record) error {
	known, sum := map[*core.Record]int64{}, int64(0)
	for _, record := range records {
		if sum += written(record, known); sum > maxWritten {
			return ErrTooLarge
		}
	}
	return a.Large(sum)
}

// stored is how many bytes the records have in the database. Their contents are not read for that.
func stored(app core.App, collection *core.Collection, ids []string) (bytes int64, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, fmt.Errorf("name the records of an expansion: %w", err)
	}
	err = app.ConcurrentDB().
		NewQuery(`SELECT COALESCE(SUM(` + Size(app, collection) + `), 0) FROM {{` + collection.Name + `}} WHERE id IN (SELECT value FROM json_each({:ids}))`).
		Bind(dbx.Params{"ids": string(list)}).Row(&bytes)
	if err != nil {
		return 0, fmt.Errorf("measure the records of an expansion: %w", err)
	}
	return bytes, nil
}

// Size is the SQL expression of how many bytes a record of the collection has.
func Size(app core.App, collection *core.Collection) string {
	var size strings.Builder
	fmt.Fprint(&size, perRecord)
	for _, field := range collection.Fields {
		size.WriteString(` + COALESCE(octet_length(` + app.ConcurrentDB().QuoteSimpleColumnName(field.GetName()) + `), 0)`)
	}
	return size.String()
}

// Length is about how many bytes the JSON of a record has, without what is expanded in it.
func Length(record *core.Record) int64 {
	bytes := int64(perRecord)
	for _, field := range record.Collection().Fields {
		bytes += length(record.GetRaw(field.GetName()))
	}
	return bytes
}

// written is about how many bytes the JSON of a record has, with all that is expanded in it. What is known of
// others is in known; it stops to count beyond maxWritten.
func written(record *core.Record, known map[*core.Record]int64) int64 {
	if bytes, has := known[record]; has {
		return bytes
	}
	bytes := Length(record)
	known[record] = bytes // a record that is expanded in itself is written once more at most
	for _, of := range record.Expand() {
		switch of := of.(type) {
		case *core.Record:
			bytes += written(of, known)
		case []*core.Record:
			for _, one := range of {
				if bytes += written(one, known); bytes > maxWritten {
					break
				}
			}
		}
	}
	bytes = min(bytes, maxWritten+1)
	known[record] = bytes
	return bytes
}

// length is about how many bytes the JSON of a value has.
func length(value any) int64 {
	switch v := value.(type) {
	case string:
		return int64(len(v))
	case types.JSONRaw:
		return int64(len(v))
	case []string:
		sum := int64(0)
		for _, one := range v {
			sum += int64(len(one)) + 3 // quotes and a comma
		}
		return sum
	}
	return 0 // in what every record has
}
