package openapi

import (
	"encoding/json"

	"gonets/hooks/clients"
	"gonets/internal/audience"
	"gonets/internal/bulk"
	"gonets/internal/clientfile"
	"gonets/internal/clientrow"
)

var (
	ownerBad = Errors{400: {"owner.required", "owner.unknown_owner"}, 403: {"owner.not_own"}, 404: nil}
	fileBad  = []string{
		"file.required", "on_conflict.unknown_value", "mapping.not_an_object", "mapping.unknown_field", "mapping.unknown_column", "list.unknown_list",
		"encoding.unknown_encoding", "delimiter.unknown_delimiter", "header.unknown_header", "file.no_email_column",
		"file.empty_file", "file.long_record", "file.not_text", "file.too_many_columns", "file.too_many_rows", "file.workbook",
	}
)

// choosing are the parameters that choose clients.
func choosing() []Param {
	return []Param{
		text("search", "Words of which each is in the name or the address"), text("status", "Those with one status"), text("list", "The id of a list: those on it"),
		text("filter", "A filter, as of mailings"), text("owner", "For managers and superusers: whose clients"),
	}
}

var clientRoutes = []Route{
	{
		Method: get, Path: prefix + "/clients", ID: "findClients", Summary: "A page of your clients",
		Query: append(append(paging(), choosing()...),
			text("sort", "created, email, full_name or status, with - in front downwards"), text("skipTotal", "1 counts nothing, which is quicker"),
			text("expand", "Relations whose records are put into the answer"), text("fields", "The fields of the answer; others are then missing from it")),
		Answers: Answers{200: recordPage("clients")},
		Errors:  Errors{400: append([]string{"sort.unknown_sort", "expand.expand_too_large"}, filterBad...), 429: {"request.answers_busy"}}.with(ownerBad),
	},
	{
		Method: get, Path: prefix + "/clients/{id}/attempts", ID: "attemptsOfClient", Summary: "What was sent to a client, the newest first", Query: historyQuery(),
		Answers: Answers{200: recordPage("attempts")}, Errors: historyBad,
	},
	{
		Method: get, Path: prefix + "/clients/{id}/bounces", ID: "bouncesOfClient", Summary: "What came back from a client, the newest first", Query: historyQuery(),
		Answers: Answers{200: recordPage("bounces")}, Errors: historyBad,
	},
	{
		Method: post, Path: prefix + "/clients/bulk", ID: "changeManyClients", Summary: "The same with many clients: join, leave or delete",
		Body: clients.BulkRequest{Act: "join", List: exampleID, Clients: []string{exampleID}}, Needs: []string{"act"},
		Answers: Answers{200: oneOf{bulk.Joined{Clients: []string{exampleID}}, bulk.Left{Confirmed: []string{exampleID}, Pending: []string{}}, clients.Deleted{Deleted: 1}}},
		Errors: Errors{400: append([]string{
			"clients.required", "act.unknown_value", "status.unknown_value", "list.unknown_list", "clients.too_many_clients",
		}, filterBad...), 409: {"clients.more_match"}}.with(ownerBad).with(busyErrors),
	},
	{
		Method: post, Path: prefix + "/clients/upsert", ID: "upsertClients", Summary: "Adds up to 1000 clients, or changes those who exist already",
		Body: clients.UpsertRequest{OnConflict: clientfile.Overwrite, Lists: []string{exampleID}, Clients: []clientrow.Fields{
			{Email: "ilya@example.com", FullName: "Ilya Petrov", Attributes: map[string]json.RawMessage{"city": json.RawMessage(`"Tver"`)}},
		}}, Needs: []string{"clients"},
		Answers: Answers{200: clientfile.Upserted{Added: 1, Items: []clientfile.UpsertRow{
			{ID: exampleID, Email: "ilya@example.com", Result: clientfile.Added, Problems: []clientfile.UpsertProblem{}},
		}}},
		Errors: Errors{400: {
			"clients.required", "clients.too_many", "on_conflict.unknown_value", "lists.too_many", "lists.unknown_list",
		}}.with(ownerBad).with(busyErrors),
	},
	{
		Method: post, Path: prefix + "/clients/import", ID: "importClients", Summary: "Imports clients from a file, in the background",
		Form: []Param{
			{Name: "file", Doc: "CSV or XLSX", Schema: object{"type": "string", "format": "binary"}, Required: true},
			text("list", "The id of a list on which they are put"), text("owner", "For superusers: whose clients they become"),
			choice("on_conflict", "What becomes of clients who exist already", "keep", "fill", "overwrite"),
			choice("consent", "The people of the file have agreed: lists with double opt-in do not ask them", "true", "false"),
			choice("dry_run", "Counts and reports everything, changes nothing", "true", "false"),
			text("mapping", `Where columns go, in JSON: {"Work mail": "email"}`), text("encoding", "Of the text; found out if it is left out"),
			text("delimiter", "comma, semicolon, tab, pipe or one character"), text("header", "The line of the header; 0 for none"),
		},
		Answers: Answers{202: record("imports")},
		Errors:  Errors{400: fileBad, 429: {"file.too_many_imports"}}.with(ownerBad),
	},
	{
		Method: get, Path: prefix + "/imports/{id}", ID: "viewImport", Summary: "How far an import is", Answers: Answers{200: record("imports")},
	},
	{
		Method: get, Path: prefix + "/imports/{id}/report.csv", ID: "importReport", Summary: "All problems of an import as a file",
		Answers: Answers{200: csv}, Errors: busyErrors,
	},
	{
		Method: post, Path: prefix + "/imports/{id}/undo", ID: "undoImport", Summary: "Takes an import back",
		Answers: Answers{200: record("imports")}, Errors: Errors{409: {"import.busy", "import.not_undoable"}},
	},
	{
		Method: get, Path: prefix + "/clients/export.csv", ID: "exportClients", Summary: "Your clients as a CSV file",
		Query:   append(choosing(), text("delimiter", "comma, semicolon, tab, pipe or one character")),
		Answers: Answers{200: csv},
		Errors:  Errors{400: append([]string{"delimiter.unknown_value"}, filterBad...)}.with(ownerBad).with(busyErrors),
	},
	{
		Method: get, Path: prefix + "/clients/export.xlsx", ID: "exportClientsWorkbook", Summary: "Your clients as a workbook", Query: choosing(),
		Answers: Answers{200: sheet}, Errors: Errors{400: filterBad}.with(ownerBad).with(busyErrors),
	},
	{
		Method: get, Path: prefix + "/lists/counts", ID: "countLists", Summary: "How many confirmed clients each list has, by the id of the list",
		Query:   []Param{text("owner", "For managers and superusers: whose lists")},
		Answers: Answers{200: map[string]int{exampleID: 12}},
		Errors:  Errors{400: {"owner.filter_too_slow"}}.with(ownerBad),
	},
	{
		Method: post, Path: prefix + "/audience/count", ID: "countAudience", Summary: "How many clients an audience has",
		Body: clients.AudienceRequest{Audience: "lists", Lists: []string{exampleID}},
		Answers: Answers{200: audience.Count{Count: 120, Suppressed: 3, Sample: []audience.ClientLine{
			{ID: exampleID, Email: "ilya@example.com", FullName: "Ilya Petrov"},
		}}},
		Errors: Errors{400: join(audienceBad, filterBad, []string{"lists.too_many"})}.with(ownerBad),
	},
}

func historyQuery() []Param {
	return append(append(paging(), text("cursor", "In place of page: empty for the newest, then `next` of the page before")), shown()...)
}

// historyBad is what is wrong with a history that is asked for.
var historyBad = Errors{400: {"cursor.invalid_cursor", "expand.expand_too_large"}, 429: {"request.answers_busy"}}
