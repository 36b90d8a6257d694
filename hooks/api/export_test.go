package api

// What the tests of this package read beside its routes.
const (
	ImportBody    = importBody
	MaxDraftBytes = maxDraftBytes
)

var ImporterOf = importerOf
