package bounce

// enhancedIn is the first status code of RFC 3463 in s that is of a failure and says more than x.y.0, or the first of a
// failure, or the first of all; "" if there is none. A number of more parts, such as an IP address or a version, is none.
func enhancedIn(s string) (first string) {
	for i := 0; i+4 < len(s); i++ {
		if c := s[i]; c != '2' && c != '4' && c != '5' || s[i+1] != '.' {
			continue
		}
		if i > 0 && (isAlphanumeric(s[i-1]) || s[i-1] == '.' || s[i-1] == '-' && i > 1 && !isDigit(s[i-2])) {
			continue
		}
		subject := digits(s, i+2)
		if subject == 0 || subject > 3 || i+2+subject >= len(s) || s[i+2+subject] != '.' {
			continue
		}
		begin := i + 3 + subject
		detail := digits(s, begin)
		if detail == 0 || detail > 3 {
			continue
		}
		end := begin + detail
		if end < len(s) && (isLetter(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
			continue
		}
		switch code := s[i:end]; {
		case code[0] != '2' && s[begin:end] != "0":
			return code
		case first == "", first[0] == '2' && code[0] != '2':
			first = code
		}
	}
	return first
}

// codeIn is the first reply code of RFC 5321 § 4.2 in s that stands as one: at the beginning of a line or a sentence, or
// before an enhanced code. 0 if there is none.
func codeIn(s string) int {
	for i := 0; i+2 < len(s); i++ {
		if c := s[i]; c != '4' && c != '5' || !isDigit(s[i+1]) || !isDigit(s[i+2]) || s[i+1] > '7' {
			continue
		}
		if i > 0 && (isAlphanumeric(s[i-1]) || s[i-1] == '.' || s[i-1] == '-' || s[i-1] == '/' || s[i-1] == '_' || s[i-1] == '@') {
			continue
		}
		if end := i + 3; end < len(s) && (isAlphanumeric(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1]) || s[end] == '/' || s[end] == '@' || s[end] == ']') {
			continue
		}
		return int(s[i]-'0')*100 + int(s[i+1]-'0')*10 + int(s[i+2]-'0')
	}
	return 0
}

// digits is how many digits s has from i on.
func digits(s string, i int) (n int) {
	for i+n < len(s) && isDigit(s[i+n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isGeneric is true for an enhanced code that says no more than its class (RFC 3463 § 3.1), or none.
func isGeneric(enhanced string) bool {
	return enhanced == "" || len(enhanced) == 5 && enhanced[1:] == ".0.0"
}
