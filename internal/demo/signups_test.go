package demo

import (
	"slices"
	"testing"

	"gonets/internal/database"
	"gonets/internal/signup"
)

func TestPeopleCameInThroughAForm(t *testing.T) {
	forms := column[string](t, filled, `SELECT id FROM forms WHERE active`)
	if len(forms) != 2 {
		t.Fatalf("%d forms, want one of each shop", len(forms))
	}
	for _, id := range forms {
		form, err := signup.Find(filled, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(form.Fields) != 2 || form.Consent == "" {
			t.Errorf("form %s has %d questions and the consent %q", id, len(form.Fields), form.Consent)
		}
	}
	counts := column[int](t, filled, `SELECT COUNT(*) FROM consents WHERE event = 'confirmed' AND form <> '' GROUP BY form`)
	if len(counts) != 2 || slices.Min(counts) < 5 {
		t.Errorf("people came in through each form: %v", counts)
	}
	none(t, "a form is of the future", `SELECT id FROM forms WHERE created > '`+database.Stamp(noon)+`'`)
	none(t, "a client who confirmed is not on the form's list", `
		SELECT k.email FROM consents k
		WHERE k.event = 'confirmed' AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.client = k.client AND s.list = k.list AND s.status = 'confirmed')`)
	none(t, "who asked did not confirm later", `
		SELECT r.email FROM consents r WHERE r.event = 'requested'
			AND NOT EXISTS (SELECT 1 FROM consents k WHERE k.email = r.email AND k.form = r.form AND k.event = 'confirmed' AND k.created >= r.created)`)
	none(t, "the figures of a form are not those of its log", `
		SELECT d.form FROM (SELECT form, SUM(confirmed) AS n FROM form_days GROUP BY form) d
		WHERE d.n <> (SELECT COUNT(*) FROM consents WHERE form = d.form AND event = 'confirmed')`)
}
