// Package formdata bounds multipart forms (RFC 7578) before they are read into memory: the library holds all
// fields that are no files, and copies them several times.
package formdata

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// Limits bound a form. Files are bounded by the whole of the body, and by who stores them.
type Limits struct {
	Parts      int // fields and files
	FieldBytes int // of all fields that are no files, their names included
	HeldBytes  int // of files that are held in memory; the others become temporary files
}

// ErrTooLarge is the error of a form that reaches a limit.
var ErrTooLarge = errors.New("the form has too many fields, or too much in them")

// Parse reads the form of a request, as http.Request.ParseMultipartForm does, which then finds it read. The
// caller has to remove its temporary files. The error is ErrTooLarge, or that of reading the body.
func Parse(req *http.Request, limits Limits) (*multipart.Form, error) {
	_, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("read a form: %w", err)
	}
	boundary := params["boundary"]
	if boundary == "" {
		return nil, fmt.Errorf("read a form: %w", http.ErrMissingBoundary)
	}
	if err := req.ParseForm(); err != nil { // the query
		return nil, fmt.Errorf("read a form: %w", err)
	}
	checked := &checkedParts{parts: multipart.NewReader(req.Body, boundary), boundary: boundary, limits: limits}
	form, err := multipart.NewReader(checked, boundary).ReadForm(int64(limits.HeldBytes))
	if err != nil {
		return nil, fmt.Errorf("read a form: %w", err)
	}
	for name, values := range form.Value {
		req.Form[name] = append(req.Form[name], values...)
		req.PostForm[name] = append(req.PostForm[name], values...)
	}
	req.MultipartForm = form
	return form, nil
}

// checkedParts reads a form and writes it again, part by part as it is read, as long as it keeps to the
// limits.
type checkedParts struct {
	parts    *multipart.Reader
	boundary string
	limits   Limits

	out     bytes.Buffer // what comes before the content of the part: its boundary and header
	part    *multipart.Part
	isField bool
	count   int
	fields  int // bytes of fields so far
	ended   bool
}

// Read implements io.Reader.
func (c *checkedParts) Read(p []byte) (int, error) {
	for {
		if c.out.Len() > 0 {
			return c.out.Read(p)
		}
		if c.ended {
			return 0, io.EOF
		}
		if c.part == nil {
			if err := c.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := c.part.Read(p)
		if c.isField {
			if c.fields += n; c.fields > c.limits.FieldBytes {
				return 0, ErrTooLarge
			}
		}
		if errors.Is(err, io.EOF) {
			c.part = nil
			c.out.WriteString("\r\n")
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next begins the next part, or ends the form.
func (c *checkedParts) next() error {
	part, err := c.parts.NextRawPart()
	if err == io.EOF { // a form that breaks off has an error that wraps it
		c.ended = true
		fmt.Fprintf(&c.out, "--%s--\r\n", c.boundary)
		return nil
	}
	if err != nil {
		return err
	}
	c.part, c.isField = part, part.FileName() == ""
	c.count++
	fmt.Fprintf(&c.out, "--%s\r\n", c.boundary)
	for name, values := range part.Header {
		for _, value := range values {
			fmt.Fprintf(&c.out, "%s: %s\r\n", name, value)
		}
	}
	c.out.WriteString("\r\n")
	if c.fields += c.out.Len(); c.count > c.limits.Parts || c.fields > c.limits.FieldBytes {
		return ErrTooLarge
	}
	return nil
}
