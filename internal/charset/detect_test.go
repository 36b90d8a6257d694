package charset

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Tables as people have them: a few names and places.
const (
	russian      = "email;имя;город\nanna@example.com;Анна Петрова;Тверь\nboris@example.com;Борис Иванов;Санкт-Петербург\nvera@example.com;Вера Щукина;Москва\n"
	russianShort = "email,name\nu0@example.com,Анна Петрова\n"
	russianSmall = "email,note\nu0@example.com,постоянный покупатель\n"
	russianBig   = "EMAIL,NAME\nU0@EXAMPLE.COM,ИВАНОВ ПЁТР СЕРГЕЕВИЧ\n"
	ukrainian    = "email,name,city\nolena@example.com,Олена Їжак,Київ\nserhii@example.com,Сергій Ґалаґан,Львів\n"
	bulgarian    = "email,name\ni@example.com,Иван Димитров,гр. Търговище\nm@example.com,Мария Стоянова,ул. Шипка\n"
	polish       = "email,name,city\nzofia@example.com,Zofia Wiśniewska,Łódź\njan@example.com,Paweł Dąbrowski,Kraków\n"
	czech        = "email,name,city\njan@example.com,Jiří Dvořák,Plzeň\neva@example.com,Zdeněk Růžička,Brno\n"
	hungarian    = "email,name\nkata@example.com,Szőke Gyöngyi,Győr\nb@example.com,Tóth Béla\n"
	german       = "email,name,city\nj@example.com,Jörg Müller,München\nk@example.com,Käthe Groß,Köln\n"
	french       = "email,name,city\nf@example.com,François Lefèvre,Orléans\nz@example.com,Zoé Bérénice,Besançon\n"
	frenchEuro   = "email,name,total\nf@example.com,François Lefèvre,15 €\nz@example.com,Cœur Ÿves,20 €\n"
	spanish      = "email,name,city\np@example.com,José Muñoz,Málaga\nn@example.com,Íñigo Peña,Cádiz\n"
	portuguese   = "email,name,city\nj@example.com,João Gonçalves,São Paulo\na@example.com,Antônio Conceição,Brasília\n"
	swedish      = "email,name,city\nb@example.com,Björn Åkesson,Malmö\ns@example.com,Sören Sjögren,Växjö\n"
	turkishText  = "email,name,city\nt@example.com,Şükrü Yıldız,İzmir\nn@example.com,Gülşah Çağlar,Muğla\n"
	latvian      = "email,name,city\nj@example.com,Jānis Bērziņš,Rīga\na@example.com,Kārlis Ozoliņš,Jūrmala\n"
	greekText    = "email,name\nn@example.com,Νίκος Παπαδόπουλος\nm@example.com,Μαρία Γεωργίου\n"
	hebrewText   = "email,name\nd@example.com,דוד כהן,תל אביב\nm@example.com,מרים לוי,ירושלים\n"
	arabicText   = "email,name\na@example.com,أحمد محمد,القاهرة\nf@example.com,فاطمة علي,الرياض\n"
	japanese_    = "email,name\nt@example.com,山田 太郎\ns@example.com,佐藤 はなこ\nk@example.com,鈴木 ジョン\n"
	japaneseName = "email,氏名\nt@example.com,山田太郎\n"
	chinese      = "email,姓名,城市\nw@example.com,王小明,北京\nl@example.com,李华,上海\n"
	taiwanese    = "email,姓名,城市\nw@example.com,王小明,臺北市\nl@example.com,陳美玲,高雄\n"
	koreanText   = "email,이름\nk@example.com,김철수\nl@example.com,이영희\n"
)

func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// names are the names of all encodings, the most common first.
func names() []string {
	all := []string{plainUTF8.Name, utf16Little.Name, utf16Big.Name}
	for _, c := range candidates {
		all = append(all, c.Name)
	}
	return all
}

// TestTablesAreReadAsTheyWereWritten compares the text, not the name: many encodings have the letters of a short text at the
// same places.
func TestTablesAreReadAsTheyWereWritten(t *testing.T) {
	for text, names := range map[string]string{
		russian:      "utf-8 windows-1251 ibm866 koi8-r koi8-u x-mac-cyrillic iso-8859-5 ibm855",
		russianShort: "windows-1251 ibm866 koi8-r x-mac-cyrillic iso-8859-5 ibm855",
		russianSmall: "windows-1251 ibm866 koi8-r x-mac-cyrillic iso-8859-5",
		russianBig:   "windows-1251 ibm866 koi8-r x-mac-cyrillic iso-8859-5",
		ukrainian:    "windows-1251 koi8-u",
		bulgarian:    "windows-1251 ibm866 koi8-r",
		polish:       "windows-1250 iso-8859-2 ibm852",
		czech:        "windows-1250 iso-8859-2 ibm852",
		hungarian:    "windows-1250 iso-8859-2 ibm852",
		german:       "windows-1252 iso-8859-15 ibm437 ibm850 macintosh windows-1250 ibm852",
		french:       "windows-1252 iso-8859-15 ibm850 ibm437 macintosh",
		frenchEuro:   "windows-1252 iso-8859-15 macintosh",
		spanish:      "windows-1252 iso-8859-15 ibm850 macintosh",
		portuguese:   "windows-1252 iso-8859-15 ibm850 macintosh",
		swedish:      "windows-1252 ibm850 ibm437 macintosh",
		turkishText:  "windows-1254",
		latvian:      "windows-1257",
		greekText:    "windows-1253",
		hebrewText:   "windows-1255",
		arabicText:   "windows-1256",
		japanese_:    "shift_jis euc-jp utf-16le",
		japaneseName: "shift_jis euc-jp",
		chinese:      "gb18030 utf-16be",
		taiwanese:    "big5",
		koreanText:   "euc-kr",
	} {
		for name := range strings.FieldsSeq(names) {
			t.Run(name+" "+strings.SplitN(text, "\n", 3)[1], func(t *testing.T) {
				c, ok := Named(name)
				if !ok {
					t.Fatal("unknown")
				}
				raw := encode(t, c.Encoding, text)
				g, err := Detect(strings.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				read, err := g.Encoding.NewDecoder().String(raw)
				if err != nil || read != text {
					t.Errorf("taken for %s (sure: %v): %q", g.Name, g.Sure, read)
				}
			})
		}
	}
}

func TestUTF8WithDamageStaysUTF8(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		sure       bool
	}{
		"a letter cut off":               {strings.Repeat("Анна Петрова\n", 10) + "Щуки\xd0,\n", "utf-8", true},
		"a letter cut off in few":        {"Аня\nЩуки\xd0,", "utf-8", false},
		"a mark, and nothing right":      {"\xef\xbb\xbf\xc0\xed\xed\xe0", "utf-8", true},
		"ASCII only":                     {"email,name\n", "utf-8", true},
		"nothing":                        {"", "utf-8", true},
		"a mark of UTF-16":               {"\xff\xfea\x00", "utf-16", true},
		"the end in the middle of one":   {"Анна П \xd0", "utf-8", false},
		"a letter of Latin-1 among them": {strings.Repeat("Анна Петрова\n", 10) + "Jos\xe9\n", "utf-8", true},
	} {
		for way, read := range map[string]func(string) (Guess, error){
			"at once":      func(s string) (Guess, error) { return Detect(strings.NewReader(s)) },
			"byte by byte": func(s string) (Guess, error) { return Detect(iotest.OneByteReader(strings.NewReader(s))) },
		} {
			g, err := read(c.text)
			if err != nil || g.Name != c.want || g.Sure != c.sure {
				t.Errorf("%s, %s: %s, sure: %v, %v", name, way, g.Name, g.Sure, err)
			}
		}
	}
}

func TestLettersAreWholeAtTheEndsOfChunks(t *testing.T) {
	for shift := range 4 {
		text := strings.Repeat(" ", shift) + strings.Repeat("Щ☃𝄞", 40_000)
		if g, err := Detect(strings.NewReader(text)); err != nil || g.Name != "utf-8" || !g.Sure {
			t.Errorf("shifted by %d: %v, %v", shift, g, err)
		}
	}
	late := strings.Repeat("broken;x\n", 20_000) + encode(t, charmap.CodePage866, "Анна Петрова, постоянный клиент")
	if g, err := Detect(strings.NewReader(late)); err != nil || g.Name != "ibm866" {
		t.Errorf("%v, %v", g, err)
	}
}

func TestWhatIsNoTextIsSaid(t *testing.T) {
	for name, bytes := range map[string]string{
		"zeros":     strings.Repeat("\x00", 1000),
		"a picture": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
	} {
		if _, err := Detect(strings.NewReader(bytes)); !errors.Is(err, ErrNotText) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUTF16WithoutAMark(t *testing.T) {
	for name, order := range map[string]unicode.Endianness{"utf-16le": unicode.LittleEndian, "utf-16be": unicode.BigEndian} {
		raw := encode(t, unicode.UTF16(order, unicode.IgnoreBOM), russian)
		if g, err := Detect(strings.NewReader(raw)); err != nil || g.Name != name {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
}

func TestEveryNameIsKnown(t *testing.T) {
	for _, name := range names() {
		if c, ok := Named(strings.ToUpper(name)); !ok || c.Name != name {
			t.Errorf("%s: %v", name, c)
		}
	}
	for other, name := range otherNames {
		if c, ok := Named(other); !ok || c.Name != name {
			t.Errorf("%s: %v, want %s", other, c, name)
		}
	}
	if _, ok := Named("klingon"); ok {
		t.Error("an unknown name is known")
	}
}
