package template

import "testing"

func TestTheFirstNameIsFoundInTheFullOne(t *testing.T) {
	for full, want := range map[string]string{
		"": "", "  ": "", "Anna": "Anna", "Anna Petrova": "Anna", "  Anna   Maria Petrova ": "Anna", "Petrova, Anna": "Anna", "Petrova,": "Petrova,",
		"Петрова Анна Ивановна": "Анна", "Анна Ивановна Петрова": "Анна", "Ильин Пётр Ильич": "Пётр", "Анна Ивановна": "Анна",
		"А. Петрова": "", "J Smith": "", "李": "", "李小龍": "李小龍", "Jean-Luc Picard": "Jean-Luc",
	} {
		if got := (&Values{FullName: full}).firstName(); got != want {
			t.Errorf("%q: %q, want %q", full, got, want)
		}
	}
	own := &Values{FullName: "Петрова А. И.", Attributes: map[string]any{"first_name": " Аня "}}
	if got := own.firstName(); got != "Аня" {
		t.Errorf("with an attribute: %q", got)
	}
}
