package bounce

import (
	"strings"

	"gonets/internal/excerpt"
)

// notice is the text for people in a report: what systems write that send no fields for programs, or beside these.
type notice struct {
	lines []line
	// all are the addresses in it, with how sure each is.
	all []mention
	// whole is the text, as much of it as may say what happened; folded is the same in lower case with single spaces.
	whole, folded string
}

// line is a line of a notice and what it says, whatever address is in it.
type line struct {
	text     string
	folded   string // in lower case
	failure  bool   // that an email was not delivered
	code     bool   // a reply code or a status code
	stranger bool   // that the addresses in it are not of recipients
	expanded bool   // that the address before it was reached through the one in it
}

// mention is an address in a notice.
type mention struct {
	address  string
	expanded string // the address that was mailed, if the notice says that address comes from it
	line     int
	strength int
	strange  bool // it is one of the sender or of those who run mail systems
	coded    bool // a reply code stands before it: "550 <user@example.com>... User unknown"
}

// How sure it is that an address is that of a recipient.
const (
	doubtful = iota // it may be any: of a contact, say
	possible        // words of a failure are near
	likely          // words of a failure, or a reply code, are in its line
	certain         // it begins its line, or a label says so
)

// newNotice takes the text before the copy of the original, and the addresses that are most likely not of a recipient:
// those of the sender and of the reporting system.
func newNotice(text string, strangers []string) *notice {
	n := &notice{whole: text[:min(len(text), maxWhole)]}
	n.folded = strings.ToLower(excerpt.OneLine(n.whole))
	for text := range strings.SplitSeq(text, "\n") {
		l := line{text: text, folded: strings.ToLower(text)}
		l.failure = failureWords.In(l.folded)
		if strings.Contains(text, "@") {
			l.code = codeIn(text) != 0 || enhancedIn(text) != ""
			l.stranger, l.expanded = notRecipient.In(l.folded), expandedWords.In(l.folded)
		}
		n.lines = append(n.lines, l)
	}
	n.find()
	for i := range n.all {
		m := &n.all[i]
		m.strange = isSystem(m.address) || containsFold(strangers, m.address)
	}
	return n
}

// maxWhole is how much of a text is searched for what happened, in bytes.
const maxWhole = 8 << 10

// recipients are the addresses that are most surely those of recipients, and at least as sure as said. An address of the
// sender or of those who run mail systems is taken only if there is no other.
func (n *notice) recipients(least int) (list []mention) {
	for _, strange := range []bool{false, true} {
		for sure := certain; sure >= least; sure-- {
			seen := map[string]bool{}
			for _, m := range n.all {
				if key := strings.ToLower(m.address); m.strength >= sure && (strange || !m.strange) && !seen[key] {
					seen[key], seen[strings.ToLower(m.expanded)] = true, true
					list = append(list, m)
				}
			}
			if len(list) > 0 {
				return list
			}
		}
	}
	return nil
}

// isSystem is true for the usual addresses of those who run mail systems.
func isSystem(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return systemNames[local]
}

var systemNames = map[string]bool{
	"postmaster": true, "mailer-daemon": true, "abuse": true, "support": true, "helpdesk": true, "noreply": true, "no-reply": true,
	"hostmaster": true, "mdaemon": true, "webmaster": true, "root": true,
}

// find finds all addresses and judges how sure each is.
func (n *notice) find() {
	for i := range n.lines {
		l := &n.lines[i]
		for k, f := range findAddresses(l.text) {
			if len(n.all) == maxMentions {
				return
			}
			if !isHost(f.address) {
				continue
			}
			if last := len(n.all) - 1; last >= 0 && l.expanded && n.all[last].line >= i-2 {
				n.all[last].expanded = f.address
				continue
			}
			before := l.text[max(0, f.begin-maxLabel):f.begin]
			m := mention{address: f.address, line: i, coded: k == 0 && isCode(strings.Trim(l.text[:f.begin], " \t<"))}
			if m.strength = l.strength(before, f, k == 0); m.strength == doubtful && n.failsNear(i) {
				m.strength = possible
			}
			if m.strength >= doubtful {
				n.all = append(n.all, m)
			}
		}
	}
}

const (
	// maxMentions is how many addresses of a text are looked at: more than recipients are returned, because not all are.
	maxMentions = 4 * MaxRecipients
	// maxLabel is how much before an address is read as its label, in bytes.
	maxLabel = 80
)

// failsNear is true if a line around one says that an email was not delivered.
func (n *notice) failsNear(i int) bool {
	for _, l := range n.lines[max(0, i-3):min(len(n.lines), i+3)] {
		if l.failure {
			return true
		}
	}
	return false
}

// strength judges an address by its line; below doubtful it is none of a recipient.
func (l *line) strength(before string, f found, first bool) int {
	label := strings.ToLower(strings.Trim(before, " \t<>\"'*-([:;=|•·："))
	after := strings.TrimLeft(l.text[f.end:min(len(l.text), f.end+maxLabel)], " \t>\"'*)]")
	switch {
	case l.stranger:
		return doubtful - 1
	case label == "" && first:
		if before == "" && after != "" && strings.IndexByte(":;,.(<-[#", after[0]) < 0 {
			return likely
		}
		return certain
	case isLabel(label), first && isCode(label):
		return certain
	case label == "to", label == "an", label == "à", label == "para":
		return likely
	case l.failure, l.code:
		return likely
	}
	return doubtful
}

// isCode is true if what stands before an address is a reply code, with or without an enhanced one.
func isCode(before string) bool { return len(before) >= 3 && len(before) < 12 && codeIn(before) != 0 }

// isLabel is true if what stands before an address says that it is a recipient's.
func isLabel(before string) bool {
	for _, l := range labels {
		if strings.HasSuffix(before, l) {
			return true
		}
	}
	return strings.Contains(before, "@") && !strings.Contains(before, " ") // twice: a link to itself
}

// messageID is that of the original, if the notice has a line for it; "" otherwise.
func (n *notice) messageID() string {
	for _, l := range n.lines {
		if name, value, ok := strings.Cut(l.text, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "message-id") {
			return messageID(value)
		}
	}
	return ""
}

// about is what the notice says of one recipient: the lines from its address to the next recipient's; or from the last
// recipient's to it, in the transcript of a conversation, which ends with the address.
func (n *notice) about(m mention, all []mention) string {
	if m.coded {
		begin := max(0, m.line-4)
		for _, other := range all {
			if other.line < m.line {
				begin = max(begin, other.line+1)
			}
		}
		return n.join(begin, m.line+1)
	}
	end := min(len(n.lines), m.line+25)
	for _, other := range all {
		if other.line > m.line && other.line < end && !strings.EqualFold(other.address, m.address) {
			end = other.line
		}
	}
	for i := m.line + 1; i < end; i++ {
		if strings.HasPrefix(strings.TrimSpace(n.lines[i].text), "-----") {
			end = i
		}
	}
	return n.join(m.line, end)
}

// join is the text of some lines.
func (n *notice) join(begin, end int) string {
	var b strings.Builder
	for _, l := range n.lines[begin:end] {
		if b.Len() > 2*MaxDiagnostic {
			break
		}
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

// around are the lines that name an address, with the one before and the two behind each.
func (n *notice) around(address string) string {
	var b strings.Builder
	done, address := 0, strings.ToLower(address)
	for i, l := range n.lines {
		if address == "" || b.Len() > 2*MaxDiagnostic {
			break
		}
		if !strings.Contains(l.folded, address) {
			continue
		}
		end := min(len(n.lines), i+3)
		b.WriteString(n.join(max(done, i-1), end))
		done = end
	}
	return b.String()
}
