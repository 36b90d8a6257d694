package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed messages
var files embed.FS

// messageFile is a message in a file: a line for each field, an empty line, the body. The extension of the file is the format.
type messageFile struct {
	key                      string // the file's name without ending
	name, subject, preheader string
	format, body             string
}

// frameFile is the frame around the body of every message in HTML.
const frameFile = "frame.html"

var formats = map[string]string{".html": "html", ".md": "markdown", ".txt": "text"}

// messagesOf reads the messages in a language, sorted by file name.
func messagesOf(language string) ([]messageFile, error) {
	folder := path.Join("messages", language)
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	frame, err := fs.ReadFile(files, path.Join(folder, frameFile))
	if err != nil {
		return nil, fmt.Errorf("read the messages: %w", err)
	}
	var all []messageFile
	for _, e := range entries {
		if e.Name() == frameFile {
			continue
		}
		raw, err := fs.ReadFile(files, path.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the messages: %w", err)
		}
		l, err := readMessage(e.Name(), string(raw))
		if err != nil {
			return nil, err
		}
		if l.format == "html" {
			l.body = strings.Replace(string(frame), "[[body]]", dress(l.body, dresses[language]), 1)
		}
		all = append(all, l)
	}
	return all, nil
}

func readMessage(file, raw string) (messageFile, error) {
	ending := path.Ext(file)
	_, key, _ := strings.Cut(strings.TrimSuffix(file, ending), "-")
	l := messageFile{key: key, format: formats[ending]}
	head, body, ok := strings.Cut(raw, "\n\n")
	if !ok || l.format == "" {
		return l, fmt.Errorf("message %s: no head, or an ending that says no format", file)
	}
	for line := range strings.SplitSeq(head, "\n") {
		field, value, _ := strings.Cut(line, ": ")
		switch field {
		case "name":
			l.name = value
		case "subject":
			l.subject = value
		case "preheader":
			l.preheader = value
		default:
			return l, fmt.Errorf("message %s: unknown field %q", file, field)
		}
	}
	l.body = strings.TrimSpace(body) + "\n"
	return l, nil
}

// colours are those of a shop's messages.
type colours struct{ head, button, line, note string }

var dresses = map[string]colours{
	"ru": {head: "#4a2f20", button: "#a8552a", line: "#eadbc8", note: "#7a6453"},
	"en": {head: "#163d2e", button: "#1f5a43", line: "#dfe5e0", note: "#57665d"},
}

// dress writes the styles into the tags, because many mail programs ignore style sheets.
func dress(body string, c colours) string {
	return strings.NewReplacer(
		`<h1>`, `<h1 style="margin:0 0 18px;font-size:28px;line-height:34px;color:`+c.head+`">`,
		`<p>`, `<p style="margin:0 0 18px">`,
		`<ul>`, `<ul style="margin:0 0 18px;padding-left:22px">`,
		`<li>`, `<li style="margin:0 0 6px">`,
		`<table`, `<table style="margin:0 0 22px"`,
		`<td class="cell">`, `<td style="padding:12px 0;border-top:1px solid `+c.line+`;font-size:16px;line-height:24px">`,
		`<a class="button"`, `<a style="display:inline-block;padding:13px 26px;border-radius:8px;background:`+c.button+
			`;color:#ffffff;font-family:Arial,sans-serif;font-size:16px;font-weight:bold;text-decoration:none"`,
		`<small>`, `<p style="margin:0;font-family:Arial,sans-serif;font-size:14px;line-height:21px;color:`+c.note+`">`,
		`</small>`, `</p>`,
	).Replace(body)
}
