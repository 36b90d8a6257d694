package api

// MaxDraftBytes is what the tests of this package read beside its routes.
const MaxDraftBytes = maxDraftBytes
