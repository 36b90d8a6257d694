package e2e

// viewport is what a page is looked at with.
type viewport struct {
	width, height int64
	phone         bool
	dark          bool
	language      string // "en" or "ru"
}

var desktop = viewport{width: 1280, height: 900, language: "en"}

// phone is a narrow one.
var phone = viewport{width: 360, height: 740, phone: true, language: "en"}

// in is the same viewport set to a language.
func (v viewport) in(language string) viewport {
	v.language = language
	return v
}

// inTheDark is the same viewport with the dark theme.
func (v viewport) inTheDark() viewport {
	v.dark = true
	return v
}

// name is for files and subtests: "desktop-en-light".
func (v viewport) name() string {
	device, scheme := "desktop", "light"
	if v.phone {
		device = "phone"
	}
	if v.dark {
		scheme = "dark"
	}
	return device + "-" + v.language + "-" + scheme
}
