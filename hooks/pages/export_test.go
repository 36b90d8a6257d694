package pages

// What the tests of this package read beside its pages.
const (
	UnsubscribeBody = unsubscribeBody
	ViewPolicy      = viewPolicy
)
