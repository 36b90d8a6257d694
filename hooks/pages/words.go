package pages

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"gonets/internal/preference"
)

// words are all texts of the pages for readers in one language. A language is one file, words_xx.go, and its line in languages.
type words struct {
	name        string // of the language, in itself
	optOut      optOutWords
	preferences preferenceWords
	ownData     ownDataWords
	view        viewWords
	archive     archiveWords
	errors      errorWords
}

var languages = map[string]words{"en": english, "ru": russian}

// defaultLanguage is that of pages for readers of whom no language is known that there are words for.
const defaultLanguage = "en"

// optOutWords are the texts about opting out. The comments name the values of each %s.
type optOutWords struct {
	askTitle, ask                                           string // address, sender
	unsubscribe, thisList, everything                       string // thisList is followed by the list's name
	stoppedTitle, stopped                                   string // address, sender
	leftTitle, left, leftMore                               string // address, list
	restoredTitle, restored                                 string // address, sender
	undo                                                    string
	oneList, anySender                                      string // when there is no name to show
	open, close                                             string // quotation marks
	trialTitle, trial, lostTitle, lost, brokenTitle, broken string
}

func (w optOutWords) quote(name string) string { return w.open + name + w.close }

// preferenceWords are the texts about lists, name and language, pauses, and why somebody leaves.
type preferenceWords struct {
	title, lists, hiddenList, thisHiddenList, name, language, browserLanguage, save, saved string
	nameProblem, tooOften                                                                  string
	pauseTitle, pause, pause30, pause90                                                    string
	pausedTitle, paused, resume, resumed                                                   string // paused: address, day
	whyTitle, whyWords, thanks                                                             string
	why                                                                                    map[string]string // by the values of opt_out_reasons.reason
	day                                                                                    string            // the layout of a day
	months                                                                                 [12]string        // in place of the month in it
}

// ownDataWords are the texts about what is kept of a reader. The comments name the values of each %s.
type ownDataWords struct {
	title, text, data, erase                  string
	mailed, unreachable, notMailed            string
	dataEmail, eraseEmail                     preference.Email
	askTitle, ask, do, erasedTitle, erasedNow string // ask, erasedNow: sender
}

// viewWords are the texts of the page that cannot show an e-mail.
type viewWords struct{ notFound, preview, failed viewNotice }

// archiveWords are the texts of the archive of mailings.
type archiveWords struct{ title, text, none, newer, older, feed string }

// errorWords are what pages say of errors.
type errorWords struct {
	byStatus map[int]errorText
	other    errorText // any other status from 400 to 499
	home     string
}

// errorText is what a page says of an error.
type errorText struct{ title, text string }

// pageLanguage is the language of a page: that of the client, else the first that the browser asks for, else that of the mail.
// There are words for each.
func pageLanguage(r *http.Request, client, mail string) string {
	asked, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	tags := []string{client}
	for _, tag := range asked {
		tags = append(tags, tag.String())
	}
	for _, tag := range append(tags, mail) {
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if _, known := languages[base]; known {
			return base
		}
	}
	return defaultLanguage
}

// languageCodes are the languages that a reader may choose.
func languageCodes() []string { return slices.Sorted(maps.Keys(languages)) }
