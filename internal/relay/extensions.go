package relay

import (
	"strconv"
	"strings"
)

// extensions are those that a server announced after EHLO (RFC 5321 § 4.1.1.1), if we use them.
type extensions struct {
	pipelining bool     // RFC 2920
	startTLS   bool     // RFC 3207
	eightBit   bool     // 8BITMIME, RFC 6152
	utf8       bool     // SMTPUTF8, RFC 6531
	logins     []string // mechanisms of AUTH, RFC 4954
	// size is the longest mail in bytes (RFC 1870); 0 when the server has no limit, -1 when it does not announce SIZE,
	// which must then not be sent.
	size int64
}

// parseExtensions parses the text of a reply to EHLO. Its first line is a greeting.
func parseExtensions(text string) extensions {
	x := extensions{size: -1}
	_, text, _ = strings.Cut(text, "\n")
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "PIPELINING":
			x.pipelining = true
		case "STARTTLS":
			x.startTLS = true
		case "8BITMIME":
			x.eightBit = true
		case "SMTPUTF8":
			x.utf8 = true
		case "AUTH":
			x.logins = append(x.logins, words[1:]...)
		case "SIZE":
			x.size = announcedSize(words[1:])
		default:
			// "AUTH=LOGIN" was used before there was an RFC, and some servers still use it.
			if mechanism, ok := strings.CutPrefix(words[0], "AUTH="); ok {
				x.logins = append(append(x.logins, mechanism), words[1:]...)
			}
		}
	}
	return x
}

func announcedSize(parameters []string) int64 {
	if len(parameters) == 0 {
		return 0
	}
	size, err := strconv.ParseInt(parameters[0], 10, 64)
	if err != nil || size < 0 {
		return 0
	}
	return size
}
