// Package readertext is every text that readers see, in each language: the pages of forms, confirmations, preferences, archives and
// errors, the e-mails that the service writes to them, and the ends of those that owners write. A language is one file, which calls
// add; nothing else lists the languages.
package readertext

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Text is all texts in one language. The comments name the values of each %s and %d, whose order is the same in all languages.
type Text struct {
	Code   string // of the language, as in Accept-Language: en
	Name   string // of the language, in itself
	Quotes [2]string
	Layout string     // of a day, in the way of the package time
	Months [12]string // in place of the month in it

	OptOut       OptOut
	Preferences  Preferences
	OwnData      OwnData
	View         View
	Archive      Archive
	Errors       Errors
	Form         Form
	Confirmation Confirmation
	Footer       Footer
}

// Notice is the head of a page, and the sentence below it.
type Notice struct{ Title, Text string }

// Email is the text of an e-mail: Markdown, in which data.link stands for the link.
type Email struct{ Subject, Text string }

// OptOut is about opting out.
type OptOut struct {
	Ask                               Notice // address, sender
	Unsubscribe, ThisList, Everything string // ThisList is followed by the list's name
	Stopped                           Notice // address, sender
	Left                              Notice // address, list
	LeftMore                          string
	Restored                          Notice // address, sender
	Undo                              string
	OneList, AnySender                string // when there is no name to show
	Test, Lost, Broken                Notice
}

// Preferences is about lists, name and language, pauses, and why somebody leaves.
type Preferences struct {
	Title, Lists, HiddenList, ThisHiddenList, Name, Language, BrowserLanguage, Save, Saved string
	NameProblem, TooOften                                                                  string
	Pause                                                                                  Notice
	Pause30, Pause90                                                                       string
	Paused                                                                                 Notice // address, day
	Resume, Resumed                                                                        string
	WhyTitle, WhyWords, Thanks                                                             string
	Why                                                                                    map[string]string // by the values of opt_out_reasons.reason
}

// OwnData is about what is kept of a reader.
type OwnData struct {
	Head                           Notice
	Data, Erase                    string
	Mailed, Unreachable, NotMailed string
	DataEmail, EraseEmail          Email
	Ask                            Notice // sender
	Do                             string
	Erased                         Notice // sender
}

// View is about a page that cannot show an e-mail.
type View struct{ NotFound, Test, Broken Notice }

// Archive is about the archive of mailings.
type Archive struct{ Title, Text, None, Newer, Older, Feed string }

// Errors is what pages say of errors.
type Errors struct {
	Forbidden, NotFound, TooLarge, TooMany, Broken, Other Notice // TooLarge: KB
	Home                                                  string
}

// Form is about the page of a form, and what follows it.
type Form struct {
	Email, Name, Trap, Subscribe string
	None                         string // no such form
	Mistakes, Unknown            string // Unknown: the name of the field
	Press                        Notice
	TooSoon                      string
	Sent                         Notice
	SentMore, Back               string
	Problems                     map[string]string // by their codes. too_long: characters, those of a name
	Widget                       Widget
}

// Widget is what the widget of ALTCHA shows or reads out, by its own names.
type Widget struct {
	Label     string `json:"label"`
	Verifying string `json:"verifying"`
	Verified  string `json:"verified"`
	Expired   string `json:"expired"`
	Error     string `json:"error"`
	Loading   string `json:"loading"`
}

// Confirmation is about the page behind the link that confirms, and the e-mail with the link.
type Confirmation struct {
	Ask               Notice // address
	Do, List, Yes, No string
	Done              Notice // address
	Onward            string
	Left              Notice // address: confirmed, and gets nothing any more
	Lost, Expired     Notice
	Email             ConfirmationEmail
}

// ConfirmationEmail is the e-mail that asks to confirm.
type ConfirmationEmail struct {
	Subject, SubjectFrom string // SubjectFrom: the name of the brand
	Text, Button         string
	Copied               string // before the link as text
	Ignore               string
}

// Footer is the end of an e-mail of an owner, with the link to unsubscribe.
type Footer struct{ Before, Link, Plain string }

// usual is the language of readers of whom none is known.
const usual = "en"

var texts = map[string]*Text{}

// add adds a language. Files of languages call it while the program starts.
func add(t Text) *Text {
	texts[t.Code] = &t
	return &t
}

// For returns the texts for a reader: in the language first (that of the client, or of the form) if there are texts in it, else in
// the first of those that the header of the request asks for, else in the language last. Languages are compared without regions.
func For(first string, header http.Header, last string) *Text {
	codes := []string{first}
	asked, _, _ := language.ParseAcceptLanguage(header.Get("Accept-Language")) // sorted by weight; none if it is invalid
	for _, tag := range asked {
		codes = append(codes, tag.String())
	}
	for _, code := range append(codes, last) {
		base, _, _ := strings.Cut(strings.ToLower(code), "-")
		if t, known := texts[base]; known {
			return t
		}
	}
	return texts[usual]
}

// All returns the texts of all languages, in the order of their codes.
func All() []*Text {
	return slices.SortedFunc(maps.Values(texts), func(a, b *Text) int { return cmp.Compare(a.Code, b.Code) })
}

// Quote puts a name into quotation marks.
func (t *Text) Quote(name string) string { return t.Quotes[0] + name + t.Quotes[1] }

// Day writes the day of a time in UTC.
func (t *Text) Day(at time.Time) string {
	at = at.UTC()
	return strings.Replace(at.Format(t.Layout), at.Month().String(), t.Months[at.Month()-1], 1)
}
