package preflight

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gonets/internal/compose"
)

// samples are the texts of the starting templates that every author is to replace (pb_public/pages/message/templates). A test
// compares them.
var samples = []string{
	"Company name", "Company, street, town", "Name of the event", "Street and number, second floor",
	"Write here what you want to say.", "Begin with the point: what has changed", "Two or three sentences: what happened",
	"Say in two sentences what will happen",
	"Название компании", "Компания, город, улица и дом", "Название встречи", "Улица и дом, второй этаж",
	"Напишите здесь, что хотите сказать.", "Начните с сути: что изменилось", "Два-три предложения: что произошло",
	"Расскажите в двух предложениях, что будет",
}

// sentence is from how many bytes on a sample counts wherever it stands: a shorter one may be part of what somebody means.
const sentence = 30

// What separates texts: tags, and outside of HTML the ends of lines and of the cells of tables too.
var (
	tag       = regexp.MustCompile(`<[^>]*>`)
	tagOrLine = regexp.MustCompile(`<[^>]*>|[\r\n|]+`)
)

// checkSamples looks for what a starting template has for its author to replace.
func checkSamples(composer *compose.Composer, m compose.Message) Check {
	ofBody := tagOrLine
	if m.Format == compose.FormatHTML {
		ofBody = tag
	}
	parts := slices.Concat(ofBody.Split(m.Body, -1), tagOrLine.Split(m.Subject+"\n"+m.Preheader+"\n"+m.TextBody, -1))
	var texts []string
	for _, part := range parts {
		if sample := sampleIn(strings.Join(strings.Fields(part), " ")); sample != "" && !slices.Contains(texts, sample) {
			texts = append(texts, sample)
		}
	}
	for _, link := range composer.Links() {
		if isExampleLink(link) && !slices.Contains(texts, link) && len(texts) < mostLinks {
			texts = append(texts, link)
		}
	}
	if len(texts) == 0 {
		return found(codeStartingTemplate, Detail{"texts": []string{}}, "nothing of a starting template is left")
	}
	return fault(codeStartingTemplate, Warning, "untouched", Detail{"texts": texts}, "the message still has texts of the starting template, such as %q", texts[0])
}

// sampleIn is the sample that a text is, or has; "" for none.
func sampleIn(text string) string {
	text = strings.Trim(text, "*_# ")
	for _, sample := range samples {
		if text == sample || len(sample) >= sentence && strings.Contains(text, sample) {
			return sample
		}
	}
	return ""
}

// isExampleLink reports whether a link leads to the site that the starting templates name.
func isExampleLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && slices.Contains([]string{"example.com", "example.org", "example.net"}, strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."))
}
