package pages

import (
	"gonets/internal/preference"
	"gonets/internal/readertext"
)

// settings is the form of lists, name and language.
type settings struct {
	Words     settingsWords
	Lists     []switchable
	Name      string
	Languages []option
}

type settingsWords struct{ Title, Lists, Name, Language, Save string }

// switchable is a list with its switch.
type switchable struct {
	ID, Name, Description string
	On                    bool
}

// option is one of the languages.
type option struct {
	Value, Words string
	Chosen       bool
}

// pause is the form of a pause.
type pause struct {
	Title, Text string
	Choices     []button
}

// why is the form that asks why somebody left.
type why struct {
	Title, Words string
	Reasons      []button
}

// ownData is the form that asks for e-mails about the reader's own data.
type ownData struct {
	Title, Text, Action string
	Choices             []button
}

func ownDataOf(token string, t *readertext.Text) *ownData {
	w := t.OwnData
	return &ownData{w.Head.Title, w.Head.Text, "/u/" + token + "/mail", []button{{Value: "data", Words: w.Data}, {Value: "erase", Words: w.Erase}}}
}

// settingsOf is the form of a client who exists.
func settingsOf(r *preference.Reader, t *readertext.Text) *settings {
	if !r.Known {
		return nil
	}
	w := t.Preferences
	s := &settings{
		Words: settingsWords{w.Title, w.Lists, w.Name, w.Language, w.Save}, Name: r.Name,
		Languages: []option{{"", w.BrowserLanguage, r.Language == ""}},
	}
	for _, c := range r.Choices {
		l := switchable{c.ID, c.Name, c.Description, c.On}
		switch {
		case c.Public:
		case c.Here:
			l.Name, l.Description = w.ThisHiddenList, ""
		default:
			l.Name, l.Description = w.HiddenList, ""
		}
		s.Lists = append(s.Lists, l)
	}
	known := r.Language == ""
	for _, one := range readertext.All() {
		s.Languages = append(s.Languages, option{one.Code, one.Name, one.Code == r.Language})
		known = known || one.Code == r.Language
	}
	if !known {
		s.Languages = append(s.Languages, option{r.Language, r.Language, true}) // chosen by the owner
	}
	return s
}

func pauseOf(t *readertext.Text) *pause {
	w := t.Preferences
	return &pause{w.Pause.Title, w.Pause.Text, []button{{Value: "pause30", Words: w.Pause30}, {Value: "pause90", Words: w.Pause90}}}
}

// whyOf is the question, until it is answered.
func whyOf(r *preference.Reader, t *readertext.Text) *why {
	if r.Told != "" {
		return nil
	}
	w := t.Preferences
	q := &why{Title: w.WhyTitle, Words: w.WhyWords}
	for _, reason := range preference.Reasons {
		q.Reasons = append(q.Reasons, button{Value: reason, Words: w.Why[reason]})
	}
	return q
}
