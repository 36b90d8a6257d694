package migrations

import (
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"
)

func TestSendersThatAreThereStayOpenToEveryone(t *testing.T) {
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	if err := sendersAccessDown(app); err != nil {
		t.Fatal(err)
	}
	_, err = app.DB().Insert("senders", dbx.Params{"id": "sender000000001", "name": "old", "from_email": "a@example.org", "host": "a", "port": 25}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if err := sendersAccessUp(app); err != nil {
		t.Fatal(err)
	}
	var access, users string
	if err := app.DB().NewQuery(`SELECT access, users FROM senders`).Row(&access, &users); err != nil {
		t.Fatal(err)
	}
	if access != "everyone" || users != "[]" {
		t.Errorf("access is %q, users are %s", access, users)
	}
	var open bool
	if err := app.DB().NewQuery(`SELECT default_sender_open FROM instance`).Row(&open); err != nil || !open {
		t.Errorf("the default is open: %v, %v", open, err)
	}
}
