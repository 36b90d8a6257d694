package pages

import (
	"strings"
	"time"

	"gonets/internal/preference"
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

func ownDataOf(token, lang string) *ownData {
	w := languages[lang].ownData
	return &ownData{w.title, w.text, "/u/" + token + "/mail", []button{{Value: "data", Words: w.data}, {Value: "erase", Words: w.erase}}}
}

// settingsOf is the form of a client who exists.
func settingsOf(r *preference.Reader, lang string) *settings {
	if !r.Known {
		return nil
	}
	w := languages[lang].preferences
	s := &settings{
		Words: settingsWords{w.title, w.lists, w.name, w.language, w.save}, Name: r.Name,
		Languages: []option{{"", w.browserLanguage, r.Language == ""}},
	}
	for _, c := range r.Choices {
		l := switchable{c.ID, c.Name, c.Description, c.On}
		switch {
		case c.Public:
		case c.Here:
			l.Name, l.Description = w.thisHiddenList, ""
		default:
			l.Name, l.Description = w.hiddenList, ""
		}
		s.Lists = append(s.Lists, l)
	}
	_, known := languages[r.Language]
	if r.Language != "" && !known {
		s.Languages = append(s.Languages, option{r.Language, r.Language, true}) // chosen by the owner
	}
	for _, code := range languageCodes() {
		s.Languages = append(s.Languages, option{code, languages[code].name, code == r.Language})
	}
	return s
}

func pauseOf(lang string) *pause {
	w := languages[lang].preferences
	return &pause{w.pauseTitle, w.pause, []button{{Value: "pause30", Words: w.pause30}, {Value: "pause90", Words: w.pause90}}}
}

// whyOf is the question, until it is answered.
func whyOf(r *preference.Reader, lang string) *why {
	if r.Told != "" {
		return nil
	}
	w := languages[lang].preferences
	q := &why{Title: w.whyTitle, Words: w.whyWords}
	for _, reason := range preference.Reasons {
		q.Reasons = append(q.Reasons, button{Value: reason, Words: w.why[reason]})
	}
	return q
}

// dayOf writes a day in UTC.
func dayOf(t time.Time, w preferenceWords) string {
	t = t.UTC()
	return strings.Replace(t.Format(w.day), t.Month().String(), w.months[t.Month()-1], 1)
}
