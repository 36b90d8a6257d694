package versions_test

import (
	"testing"

	"gonets/hooks/hookstest"
)

// Who asks, in the tests.
const (
	anna      = hookstest.Anna
	boris     = hookstest.Boris
	superuser = hookstest.Superuser
)

var recordsOf = hookstest.RecordsOf

func newWorld(t *testing.T) *hookstest.World {
	t.Helper()
	return hookstest.New(t)
}
