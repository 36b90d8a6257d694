package pages

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/hooks/site"
	"gonets/internal/archive"
	"gonets/internal/brand"
	"gonets/internal/compose"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/preview"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
)

// lastPage is the last page of an archive that is shown: 20 000 mailings.
const lastPage = 1000

// archiveRoutes show the mailings that an owner lets everybody read.
type archiveRoutes struct{ previews *preview.Reader }

// BindArchive adds the archives: GET /a/{slug} lists, /a/{slug}/{mailing} shows one, and /a/{slug}/feed.xml is the feed.
func BindArchive(app core.App) {
	a := archiveRoutes{preview.NewReader(app, suppression.NewTokens(app))}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/a/{slug}", a.list)
		e.Router.GET("/a/{slug}/feed.xml", a.feed)
		e.Router.GET("/a/{slug}/{mailing}", a.show)
		return e.Next()
	})
}

// archived is the part of the page that lists mailings.
type archived struct {
	Entries                           []archivedEntry
	Newer, Older, Feed                string // addresses; "" = none
	NewerWords, OlderWords, FeedWords string
}

type archivedEntry struct{ Href, Subject, Day, Date string }

func (a archiveRoutes) list(e *core.RequestEvent) error {
	page := 1
	if asked := e.Request.URL.Query().Get("page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > lastPage {
			return showError(e, http.StatusNotFound)
		}
		page = n
	}
	found, err := archive.Of(e.App, e.Request.PathValue("slug"))
	if err != nil {
		return archiveFailed(e, err)
	}
	entries, more, err := found.Page(page)
	if err != nil {
		return archiveFailed(e, err)
	}
	t := readertext.For("", e.Request.Header, found.Language)
	w, base := t.Archive, "/a/"+found.Slug
	p := readerPage{Language: t.Code, Title: w.Title, Text: [][]run{plainRun(w.Text)}, Indexed: !found.NoIndex}
	if p.Brand, err = brand.Of(e.App, found.Owner); err != nil {
		return archiveFailed(e, err)
	}
	p.Archive = &archived{Feed: base + "/feed.xml", NewerWords: w.Newer, OlderWords: w.Older, FeedWords: w.Feed}
	if page > 1 {
		p.Archive.Newer = base + "?page=" + strconv.Itoa(page-1)
	}
	if more && page < lastPage {
		p.Archive.Older = base + "?page=" + strconv.Itoa(page+1)
	}
	for _, entry := range entries {
		p.Archive.Entries = append(p.Archive.Entries, archivedEntry{
			base + "/" + entry.ID, entry.Subject, t.Day(entry.At), entry.At.Format(time.DateOnly),
		})
	}
	if len(entries) == 0 {
		p.Text = [][]run{plainRun(w.None)}
	}
	body, err := p.render(e.App)
	if err != nil {
		return err
	}
	header := e.Response.Header()
	site.SetPageHeaders(header, p.policy(), "same-origin")
	header.Set("Content-Language", t.Code)
	header.Add("Vary", "Accept-Language")
	askNoIndex(header, found)
	return request.RevalidatedPublic(e, "text/html; charset=utf-8", body)
}

// show shows a mailing as somebody gets it who is no client, in the sandbox of /v.
func (a archiveRoutes) show(e *core.RequestEvent) error {
	found, err := archive.Of(e.App, e.Request.PathValue("slug"))
	if err != nil {
		return archiveFailed(e, err)
	}
	record, err := found.Mailing(e.Request.PathValue("mailing"))
	if err != nil {
		return archiveFailed(e, err)
	}
	seen, err := a.render(e.Request.Context(), record, mailing.PublicAddress(e.App)+"/a/"+found.Slug+"/"+record.Id)
	if err != nil {
		return archiveFailed(e, err)
	}
	header := e.Response.Header()
	header.Set("Content-Security-Policy", viewPolicy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	askNoIndex(header, found)
	return request.RevalidatedPublic(e, "text/html; charset=utf-8", []byte(seen.HTML))
}

func (a archiveRoutes) render(ctx context.Context, record *core.Record, address string) (compose.Preview, error) {
	p, err := a.previews.Public(record, archive.Nobody(), address)
	if err != nil {
		return compose.Preview{}, err
	}
	share, err := p.TakeMemory(ctx)
	if err != nil {
		return compose.Preview{}, err
	}
	defer share.Release()
	p.Message.DKIM = nil // nobody sees the source
	composer, err := compose.Prepare(p.Message)
	if err != nil {
		return compose.Preview{}, err
	}
	return composer.Preview(p.As, time.Unix(0, 0))
}

// feedXML is an Atom feed (RFC 4287).
type feedXML struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string     `xml:"title"`
	ID      string     `xml:"id"`
	Updated string     `xml:"updated"`
	Author  string     `xml:"author>name"`
	Links   []linkXML  `xml:"link"`
	Entries []entryXML `xml:"entry"`
}

type linkXML struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type entryXML struct {
	Title     string  `xml:"title"`
	ID        string  `xml:"id"`
	Published string  `xml:"published"`
	Updated   string  `xml:"updated"`
	Link      linkXML `xml:"link"`
}

// feed answers the newest mailings as an Atom feed.
func (a archiveRoutes) feed(e *core.RequestEvent) error {
	found, err := archive.Of(e.App, e.Request.PathValue("slug"))
	if err != nil {
		return archiveFailed(e, err)
	}
	entries, _, err := found.Page(1)
	if err != nil {
		return archiveFailed(e, err)
	}
	of, err := brand.Of(e.App, found.Owner)
	if err != nil {
		return archiveFailed(e, err)
	}
	title := of.Name
	if title == "" {
		title = readertext.For(found.Language, nil, "").Archive.Title
	}
	address := mailing.PublicAddress(e.App)
	base := address + "/a/" + found.Slug
	host := "gonets.invalid"
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	f := feedXML{
		Title: title, ID: tagURI(host, time.Unix(0, 0), found.Owner), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339), Author: title,
		Links: []linkXML{{"self", "application/atom+xml", base + "/feed.xml"}, {"alternate", "text/html", base}},
	}
	for i, entry := range entries {
		at := entry.At.Format(time.RFC3339)
		if i == 0 {
			f.Updated = at
		}
		f.Entries = append(f.Entries, entryXML{
			Title: entry.Subject, ID: tagURI(host, entry.At, entry.ID), Published: at, Updated: at,
			Link: linkXML{"alternate", "text/html", base + "/" + entry.ID},
		})
	}
	var body bytes.Buffer
	body.WriteString(xml.Header)
	if err := xml.NewEncoder(&body).Encode(f); err != nil {
		return fmt.Errorf("write the feed of an archive: %w", err)
	}
	e.Response.Header().Set("X-Content-Type-Options", "nosniff")
	askNoIndex(e.Response.Header(), found)
	return request.RevalidatedPublic(e, "application/atom+xml; charset=utf-8", body.Bytes())
}

// tagURI is an identifier that stays when the archive gets another address (RFC 4151).
func tagURI(host string, at time.Time, id string) string {
	return "tag:" + host + "," + at.UTC().Format(time.DateOnly) + ":" + id
}

// askNoIndex asks search engines to leave an archive out, if its owner wants that.
func askNoIndex(header http.Header, a *archive.Archive) {
	if a.NoIndex {
		header.Set("X-Robots-Tag", "noindex, nofollow")
	}
}

func archiveFailed(e *core.RequestEvent, err error) error {
	switch {
	case errors.Is(err, archive.ErrNone), errors.Is(err, preview.ErrNotSent):
		return showError(e, http.StatusNotFound)
	case errors.Is(err, memory.ErrBusy):
		return showError(e, http.StatusServiceUnavailable)
	}
	e.App.Logger().Error("An archive could not be shown", "error", err)
	return showError(e, http.StatusInternalServerError)
}
