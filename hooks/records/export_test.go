package records

// What the tests of this package read beside its rules.
const KeepAttempts = keepAttempts

var (
	ContentFields = contentFields
	Owned         = owned
)
