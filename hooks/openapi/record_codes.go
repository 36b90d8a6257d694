package openapi

// anyOfPocketBase stands for the codes of PocketBase's own checks of a field: validation_required, validation_not_unique …
const anyOfPocketBase = "validation_required"

// listCodes are the codes of errors of lists of records.
var listCodes = []string{
	"filter.filter_too_long", "filter.filter_pattern_too_long", "filter.filter_too_slow", "expand.expand_too_large",
	"cursor.invalid_cursor",
}

// recordCodes are the codes of records that are refused, of all collections.
var recordCodes = []string{anyOfPocketBase}
