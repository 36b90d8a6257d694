package sender

import (
	"errors"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
)

func TestWhoMayUseWhichSender(t *testing.T) {
	app := apptest.New(t)
	for id, row := range map[string]dbx.Params{
		"open":   {"access": "everyone", "users": `["boris"]`},
		"chosen": {"access": "chosen", "users": `["boris","anna"]`},
		"his":    {"access": "chosen", "users": `["boris"]`},
		"new":    {"access": "chosen", "users": `[]`},
		"empty":  {"access": "", "users": `["anna0", "xanna"]`},
		"off":    {"access": "everyone", "users": `["anna"]`, "off": true},
		"broken": {"access": "chosen", "users": `["anna"`}, // a list that somebody wrote by hand
	} {
		row["id"], row["name"], row["from_email"] = id, id, id+"@example.org"
		if _, err := app.DB().Insert("senders", row).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string]bool{"open": true, "chosen": true, "his": false, "new": false, "empty": false, "broken": false, "off": false, "": true} {
		if may, err := MayUse(app.DB(), "anna", id); may != want || err != nil {
			t.Errorf("%q: %v, %v, want %v", id, may, err, want)
		}
	}
	if may, err := MayUse(app.DB(), "anna", "gone"); may || !errors.Is(err, ErrNone) {
		t.Errorf("one that is not there: %v, %v", may, err)
	}
	if may, err := MayUse(app.DB(), "", "new"); may || err != nil {
		t.Errorf("nobody may use what nobody may use: %v, %v", may, err)
	}

	names := func(c Choice) (all []string) {
		for _, s := range c.Senders {
			all = append(all, s.Name)
		}
		return all
	}
	c, err := ChoiceOf(app.DB(), "anna")
	if err != nil || !slices.Equal(names(c), []string{"chosen", "open"}) || !c.Default {
		t.Errorf("her choice is %+v, %v", c, err)
	}
	if c, err = ChoiceOf(app.DB(), ""); err != nil || len(c.Senders) != 7 {
		t.Errorf("a superuser's choice is %+v, %v", c, err)
	}
	if _, err := app.DB().Update("instance", dbx.Params{"default_sender_open": false}, nil).Execute(); err != nil {
		t.Fatal(err)
	}
	if c, err = ChoiceOf(app.DB(), "anna"); err != nil || c.Default {
		t.Errorf("the default is closed: %+v, %v", c, err)
	}
	if _, err := app.DB().Delete("instance", nil).Execute(); err != nil {
		t.Fatal(err)
	}
	if may, err := MayUse(app.DB(), "anna", ""); may || err != nil {
		t.Errorf("without the operator's word: %v, %v", may, err)
	}
}
