// Package refusal says what it means for an address that a mail system refused an email to it: that the address is bad,
// that another email may be accepted, or that the sender or the content was refused. It is one table, in rows.go.
//
// It judges what comes back as a report as well as what a mail server answers at once: both are a reply code, a status code and
// words, and both are to have the same effect.
package refusal

import (
	"slices"
	"strconv"
	"strings"
)

// Class is what a refusal means for the address.
type Class string

const (
	// Hard: the address or its domain does not exist, takes no email, or has moved. The next email would be refused too.
	Hard Class = "hard"
	// Soft: the mailbox is full, the email too long, a system does not work or did not answer in time, or nothing is known.
	Soft Class = "soft"
	// Block: who sent it or what it contains was refused: reputation, policy, authentication, content. It says nothing
	// about the address.
	Block Class = "block"
)

// Refusal is what a mail system said.
type Refusal struct {
	// Code is the reply code of RFC 5321 § 4.2; 0 if there is none.
	Code int
	// Enhanced is the status code of RFC 3463, such as "5.1.1"; "" if there is none.
	Enhanced string
	// Text is what the system said in words.
	Text string
}

// Class is the class of the first row of the table that fits, and the reason of that row. If none fits it is Soft, and
// why is "": another email may be accepted, for all that is known.
func (r Refusal) Class() (class Class, why string) {
	t := compiled()
	places := t.phrases.Places(fold(r.Text))
	status := parse(r.Enhanced)
	for i := range rows {
		if row := &rows[i]; row.fitsStatus(status) && row.fitsCode(r.Code) && t.words[i].fit(places) {
			if row.class == Hard && r.isTemporary(status) {
				return Soft, "temporary, says its code: " + row.why
			}
			return row.class, row.why
		}
	}
	return Soft, ""
}

// isTemporary is true for a refusal whose code says that a later try may succeed (RFC 3463 § 2, RFC 5321 § 4.2.1).
// Whatever the words are, such a refusal is not hard: an address table or a name server may be broken.
func (r Refusal) isTemporary(s status) bool {
	if s[0] == "" || s == (status{"4", "0", "0"}) && r.Code != 0 {
		return r.Code/100 == 4
	}
	return s[0] == "4"
}

// row is a rule. All that it names must fit.
type row struct {
	class Class
	// status are codes of RFC 3463, of which one must fit: "5.1.1", "x.1.1" for any class, "5.7.x" for any detail.
	status []string
	// codes are reply codes, of which one must fit; 5 stands for 500…599.
	codes []int
	// words are in lower case; one must be in the text. "a…b" is a with b behind it.
	words []string
	// but are words that must not be in the text.
	but []string
	// why is the reason for the class.
	why string
}

func (r *row) fitsStatus(s status) bool {
	return len(r.status) == 0 || slices.ContainsFunc(r.status, s.fits)
}

func (r *row) fitsCode(code int) bool {
	return len(r.codes) == 0 || slices.ContainsFunc(r.codes, func(c int) bool { return c == code || c < 10 && c == code/100 })
}

// status is a code of RFC 3463 in its three parts.
type status [3]string

func parse(enhanced string) (s status) {
	parts := strings.SplitN(enhanced, ".", 3)
	if len(parts) != 3 {
		return s
	}
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err == nil && n >= 0 {
			s[i] = strconv.Itoa(n) // "5.1.01" is written somewhere too
		}
	}
	return s
}

// fits compares with a pattern such as "x.1.1"; an unknown status fits none.
func (s status) fits(pattern string) bool {
	if s[0] == "" {
		return false
	}
	for i, p := range parse3(pattern) {
		if p != "x" && p != s[i] {
			return false
		}
	}
	return true
}

// parse3 divides a pattern of the table, which has three parts.
func parse3(pattern string) (parts [3]string) {
	a, rest, _ := strings.Cut(pattern, ".")
	b, c, _ := strings.Cut(rest, ".")
	return [3]string{a, b, c}
}

// fold writes a text as the words of the table are written: lower case, single spaces, straight quotes. It leaves out
// what is no word: addresses, paths of web addresses, names of hosts before an IP address ("spam" in the name of a filter's
// host says nothing), and the codes that every line of a long reply begins with.
func fold(text string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(quotes.Replace(strings.ToLower(text))) {
		if word = plain(word); word == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return phrases.Replace(b.String())
}

var quotes = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "“", `"`, "”", `"`, "\u00a0", " ", "_", " ")

// phrases contain words that mean something else there.
var phrases = strings.NewReplacer(
	"unknown address error", "", // Amazon SES, before whatever the other system said
	"recipient address rejected: access denied", "unknown user", // Postfix and Exchange Online, without a reason
	"recipient address rejected: ", "", // Postfix, before the reason
)

// plain leaves out what is no word in one word.
func plain(word string) string {
	if isReplyCode(word) {
		if word = word[3:]; word != "" {
			word = word[1:]
		}
	}
	if word == "" || isStatus(word) {
		return ""
	}
	if at := strings.Index(word, "://"); at >= 0 {
		host := word[at+3:]
		if end := strings.IndexAny(host, "/?#"); end >= 0 {
			host = host[:end]
		}
		return word[:at+3] + host
	}
	if host, ip, ok := strings.Cut(word, "["); ok && strings.IndexByte(host, '.') > 0 && ip != "" && ip[0] >= '0' && ip[0] <= '9' {
		return "[" + ip
	}
	if strings.IndexByte(word, '@') < 0 {
		return word
	}
	var b strings.Builder
	for word != "" {
		end := strings.IndexAny(word, `<>()[]"',;:`)
		piece := word
		if end >= 0 {
			piece = word[:end]
		}
		if strings.IndexByte(piece, '@') >= 0 {
			piece = "@"
		}
		b.WriteString(piece)
		if end < 0 {
			break
		}
		b.WriteByte(word[end])
		word = word[end+1:]
	}
	return b.String()
}

// isReplyCode is true for a reply code alone, or with the hyphen of a line that is not the last (RFC 5321 § 4.2.1).
func isReplyCode(word string) bool {
	return len(word) >= 3 && (word[0] == '4' || word[0] == '5') && isDigit(word[1]) && isDigit(word[2]) && (len(word) == 3 || word[3] == '-')
}

// isStatus is true for a status code of RFC 3463.
func isStatus(word string) bool {
	if len(word) < 5 || len(word) > 9 || word[1] != '.' {
		return false
	}
	for i := range len(word) {
		if !isDigit(word[i]) && word[i] != '.' {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
