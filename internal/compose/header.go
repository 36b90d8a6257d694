package compose

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"

	"gonets/internal/address"
	"gonets/internal/encodedword"
	"gonets/internal/printable"
	"gonets/internal/readertext"
)

// constantHeader returns the header fields that are the same in all mails, and the domain of From.
func constantHeader(l Message) (h message.Header, domain string, err error) {
	from, err := address.ASCII(l.FromEmail)
	if err != nil {
		return h, "", &UnusableError{PartFrom, fmt.Errorf("from address: %w", err)}
	}
	// A field that is set later is written above those set before.
	h.Set("MIME-Version", "1.0")
	if l.Language != "" {
		if readertext.For(l.Language, nil, "").Code != l.Language {
			return h, "", fmt.Errorf("unknown language %q of the message", l.Language)
		}
		h.Set("Content-Language", l.Language)
	}
	if l.ListID != "" {
		if strings.Trim(l.ListID, listIDCharacters) != "" || len(l.ListID) > 200 {
			return h, "", fmt.Errorf("list id %q: letters, digits, hyphens and dots only", l.ListID)
		}
		h.Set("List-Id", "<"+l.ListID+">")
	}
	if l.ReplyTo != "" {
		parsed, err := mail.ParseAddress(l.ReplyTo)
		if err != nil {
			return h, "", &UnusableError{PartReplyTo, fmt.Errorf("reply-to address %q: %w", l.ReplyTo, err)}
		}
		replyTo, err := address.ASCII(parsed.Address)
		if err != nil {
			return h, "", &UnusableError{PartReplyTo, fmt.Errorf("reply-to address: %w", err)}
		}
		h.Set("Reply-To", addressField("Reply-To", parsed.Name, replyTo))
	}
	h.Set("From", addressField("From", l.FromName, from))
	return h, address.Domain(from), nil
}

const listIDCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

func addressField(field, name, address string) string {
	folded := appendMailbox(nil, len(field)+2, name, address)
	return strings.ReplaceAll(string(folded), "\r\n", "") // the library folds it again
}

// appendHeader appends the header fields of one mail. The constant ones follow in the frame.
func (c *Composer) appendHeader(dst []byte, subject string, a Addressee, now time.Time) ([]byte, error) {
	email, name := a.Email, a.FullName
	if a.To != "" {
		email, name = a.To, ""
	}
	to, err := address.Recipient(email)
	if err != nil {
		return dst, &UnusableError{PartClient, fmt.Errorf("address of the client: %w", err)}
	}
	dst = append(dst, "Date: "...)
	dst = now.AppendFormat(dst, time.RFC1123Z)
	dst = append(dst, "\r\nMessage-ID: "...)
	dst = appendMessageID(dst, a.MessageID, a.Mailing, a.Client, c.domain)
	dst = append(dst, "\r\nTo: "...)
	dst = appendMailbox(dst, len("To: "), name, to)
	dst = append(dst, "\r\nSubject: "...)
	dst = encodedword.Append(dst, len("Subject: "), asLine(printable.Clean(subject)))
	if a.UnsubscribeURL != "" {
		if err := checkURL(a.UnsubscribeURL); err != nil {
			return dst, &UnusableError{PartUnsubscribe, fmt.Errorf("unsubscribe link: %w", err)}
		}
		// RFC 2369 § 3.2.
		dst = append(dst, "\r\nList-Unsubscribe:"...)
		if len(a.UnsubscribeURL) > 56 {
			dst = append(dst, "\r\n"...)
		}
		dst = append(append(append(dst, " <"...), a.UnsubscribeURL...), '>')
		if strings.HasPrefix(a.UnsubscribeURL, "https://") { // RFC 8058 § 3.1 allows one-click with https only
			dst = append(dst, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"...)
		}
	}
	return append(dst, "\r\n"...), nil
}

// MessageID returns the Message-ID of the mail of a mailing to a client, in angle brackets. The same arguments always give
// the same id, so that receivers can recognize a mail that was sent again.
func MessageID(mailing, client, domain string) string {
	return string(appendMessageID(nil, "", mailing, client, domain))
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func appendMessageID(dst []byte, local, mailing, client, domain string) []byte {
	dst = append(dst, '<')
	if dst = append(dst, local...); local == "" {
		var room [64]byte
		sum := sha256.Sum256(append(append(append(room[:0], mailing...), 0), client...))
		dst = lowerBase32.AppendEncode(dst, sum[:20])
	}
	return append(append(append(dst, '@'), domain...), '>')
}

// appendMailbox appends a name and an address (RFC 5322 § 3.4). The address must be valid.
func appendMailbox(dst []byte, column int, name, address string) []byte {
	name = asLine(printable.Clean(name))
	start := len(dst)
	switch {
	case name == "":
		return append(append(append(dst, '<'), address...), '>')
	case encodedword.IsPlain(name) && len(name) <= 60:
		dst = append(dst, '"')
		for i := 0; i < len(name); i++ {
			if name[i] == '"' || name[i] == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, name[i])
		}
		dst = append(dst, '"')
	default:
		dst = encodedword.AppendEncoded(dst, column, name)
	}
	column += len(dst) - start
	if at := strings.LastIndexByte(string(dst[start:]), '\n'); at >= 0 {
		column = len(dst) - start - at - 1
	}
	if column+len(" <>")+len(address) > encodedword.LineLength {
		dst = append(dst, "\r\n"...)
	}
	return append(append(append(dst, " <"...), address...), '>')
}

var errURL = errors.New("not an http(s) URL in ASCII of at most 900 characters")

// checkURL refuses a URL that is not safe between < and > in a header.
func checkURL(s string) error {
	if len(s) > 900 || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return errURL
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return errURL
		}
	}
	return nil
}
