package clientfile

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/clientrow"
)

// RecordOptions is imports.options: what an import was asked to do, and how it read its file.
type RecordOptions struct {
	OnConflict Conflict          `json:"on_conflict"`
	Mapping    map[string]string `json:"mapping,omitempty"`
	Asked      Reading           `json:"asked"` // what was not to be found out
	// Process is what runs the import: "serve" or "command". After a restart of the server no import of "serve" is
	// running.
	Process string `json:"process"`
	// How the file was read, and what came of it: see ImportResult.
	Encoding     string             `json:"encoding,omitempty"`
	EncodingSure bool               `json:"encoding_sure"`
	Delimiter    string             `json:"delimiter,omitempty"`
	Header       int                `json:"header"`
	AddressList  bool               `json:"address_list"`
	Columns      []clientrow.Column `json:"columns,omitempty"`
	Sample       [][]string         `json:"sample,omitempty"` // of a dry run: the first rows, which are shown beside the columns
	Left         map[string]int     `json:"left,omitempty"`
	NewLists     []string           `json:"new_lists,omitempty"`
	Undone       *UndoResult        `json:"undone,omitempty"`
}

// OptionsOf reads the options of the record of an import.
func OptionsOf(record *core.Record) RecordOptions {
	var o RecordOptions
	_ = json.Unmarshal([]byte(record.GetString("options")), &o) // unreadable options count as none
	return o
}

func setResult(record *core.Record, r ImportResult) {
	record.Load(map[string]any{
		"total": r.Total, "added": r.Added, "changed": r.Changed, "unchanged": r.Unchanged,
		"invalid": r.Invalid, "suppressed": r.Suppressed, "problems": append([]clientrow.Problem{}, r.Problems...),
	})
}
