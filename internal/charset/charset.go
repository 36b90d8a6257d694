// Package charset tells in which encoding a text is, and knows encodings by name. It judges a text by what it would say:
// each encoding reads it, and the reading that looks most like a language is taken. Tables of names are short, so it
// needs no more than a few words.
package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Charset is an encoding with its name.
type Charset struct {
	Name     string // in lower case, as the IANA or the WHATWG names it
	Encoding encoding.Encoding
}

// plainUTF8 is the encoding that needs no decoding.
var plainUTF8 = Charset{"utf-8", encoding.Nop}

var (
	utf16Marked = Charset{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}
	utf16Little = Charset{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16Big    = Charset{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
)

// candidate is an encoding that a text may be in, with the alphabets that are written in it.
type candidate struct {
	Charset
	alphabets []*alphabet
	pairs     func(lead, trail byte) float64 // of an encoding of two bytes a character: how common one is
	common    map[rune]bool                  // its most common characters
}

// candidates are tried in this order: of equal readings the first is taken.
var candidates = []candidate{
	{Charset{"windows-1251", charmap.Windows1251}, cyrillic, nil, nil},
	{Charset{"koi8-r", charmap.KOI8R}, cyrillic, nil, nil},
	{Charset{"koi8-u", charmap.KOI8U}, cyrillic, nil, nil},
	{Charset{"ibm866", charmap.CodePage866}, cyrillic, nil, nil},
	{Charset{"x-mac-cyrillic", charmap.MacintoshCyrillic}, cyrillic, nil, nil},
	{Charset{"iso-8859-5", charmap.ISO8859_5}, cyrillic, nil, nil},
	{Charset{"ibm855", charmap.CodePage855}, cyrillic, nil, nil},
	{Charset{"windows-1252", charmap.Windows1252}, western, nil, nil},
	{Charset{"iso-8859-15", charmap.ISO8859_15}, western, nil, nil},
	{Charset{"windows-1250", charmap.Windows1250}, central, nil, nil},
	{Charset{"iso-8859-2", charmap.ISO8859_2}, central, nil, nil},
	{Charset{"ibm850", charmap.CodePage850}, western, nil, nil},
	{Charset{"ibm437", charmap.CodePage437}, western, nil, nil},
	{Charset{"ibm852", charmap.CodePage852}, central, nil, nil},
	{Charset{"macintosh", charmap.Macintosh}, western, nil, nil},
	{Charset{"windows-1254", charmap.Windows1254}, turkish, nil, nil},
	{Charset{"windows-1257", charmap.Windows1257}, baltic, nil, nil},
	{Charset{"windows-1253", charmap.Windows1253}, greek, nil, nil},
	{Charset{"windows-1255", charmap.Windows1255}, hebrew, nil, nil},
	{Charset{"windows-1256", charmap.Windows1256}, arabic, nil, nil},
	{Charset{"shift_jis", japanese.ShiftJIS}, nil, shiftJIS, commonJapanese},
	{Charset{"euc-jp", japanese.EUCJP}, nil, eucJP, commonJapanese},
	{Charset{"gb18030", simplifiedchinese.GB18030}, nil, gbk, commonSimplified},
	{Charset{"big5", traditionalchinese.Big5}, nil, big5, commonTraditional},
	{Charset{"euc-kr", korean.EUCKR}, nil, eucKR, commonKorean},
}

// otherNames are names that people and programs use, in lower case.
var otherNames = map[string]string{
	"utf8": "utf-8", "utf-8-sig": "utf-8", "utf16": "utf-16", "unicode": "utf-16",
	"cp1251": "windows-1251", "win-1251": "windows-1251", "1251": "windows-1251", "ansi": "windows-1252",
	"cp1252": "windows-1252", "latin1": "windows-1252", "iso-8859-1": "windows-1252", "latin-1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252",
	"cp1250": "windows-1250", "latin2": "iso-8859-2", "latin9": "iso-8859-15", "latin-9": "iso-8859-15", "cp1253": "windows-1253", "cp1254": "windows-1254",
	"iso-8859-9": "windows-1254", "cp1255": "windows-1255", "iso-8859-8": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257",
	"cp866": "ibm866", "866": "ibm866", "dos": "ibm866", "cp855": "ibm855", "cp437": "ibm437", "cp850": "ibm850", "cp852": "ibm852",
	"mac": "macintosh", "macroman": "macintosh", "mac-cyrillic": "x-mac-cyrillic", "maccyrillic": "x-mac-cyrillic", "koi8r": "koi8-r", "koi8": "koi8-r", "koi8u": "koi8-u",
	"sjis": "shift_jis", "shift-jis": "shift_jis", "cp932": "shift_jis", "windows-31j": "shift_jis", "eucjp": "euc-jp",
	"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "cp950": "big5", "euckr": "euc-kr", "cp949": "euc-kr",
}

// Named finds an encoding by its name, or by another that is common for it.
func Named(name string) (Charset, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if other, ok := otherNames[name]; ok {
		name = other
	}
	for _, c := range []Charset{plainUTF8, utf16Marked, utf16Little, utf16Big} {
		if c.Name == name {
			return c, true
		}
	}
	for _, c := range candidates {
		if c.Name == name {
			return c.Charset, true
		}
	}
	return Charset{}, false
}
