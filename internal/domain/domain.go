// Package domain is what a domain has to publish for the e-mails that come from it: the records to copy, whether its name
// servers have them, and its DKIM keys, which it makes.
package domain

import (
	"slices"
	"strings"
	"time"

	"gonets/internal/address"
	"gonets/internal/dnsrecord"
)

// Normalize returns a domain as it is stored: in lower case and in ASCII, without the dot of the root. It fails as
// address.NormalizeDomain does.
func Normalize(name string) (string, error) {
	return address.NormalizeDomain(strings.TrimSuffix(strings.TrimSpace(name), "."))
}

// Kinds of records.
const (
	KindSPF        = "spf"         // who may send for the domain
	KindDKIM       = "dkim"        // the first key, usually RSA
	KindDKIM2      = "dkim_2"      // the second key, usually Ed25519
	KindNextDKIM   = "next_dkim"   // the keys that replace them when they are published
	KindNextDKIM2  = "next_dkim_2" //
	KindDMARC      = "dmarc"       // what to do with forgeries
	KindReturnPath = "return_path" // SPF of the domain where bounces go
	KindMX         = "mx"          // the server that takes bounces
)

// Verdicts beside those of package dnsrecord.
const (
	NotChecked dnsrecord.Verdict = "not_checked"
	NoAnswer   dnsrecord.Verdict = "no_answer" // the domain name system does not answer
	NoDomain   dnsrecord.Verdict = "no_domain" // there is no such domain
	NotYours   dnsrecord.Verdict = "not_yours" // it is the domain of a mail service
	NoKey      dnsrecord.Verdict = "no_key"    // the domain is not one of this instance, so that there is no key
	OtherMX    dnsrecord.Verdict = "other_mx"  // bounces go to another server, and nobody reads them there
	NotNeeded  dnsrecord.Verdict = "not_needed"
)

// Levels of a record, as those of a check before sending.
const (
	levelOK      = "ok"
	levelWarning = "warning"
	levelError   = "error"
)

// Record is a record that the domain should publish, and what it publishes.
type Record struct {
	Kind string `json:"kind"`
	Type string `json:"type"` // TXT or MX
	Name string `json:"name"` // the whole name
	Host string `json:"host"` // the name as editors of zones want it: "@" for the zone itself
	// Expected is the value to copy. Of MX it is the name of the server, with Priority.
	Expected string `json:"expected"`
	Priority int    `json:"priority,omitempty"`
	// Parts are Expected as strings of at most 255 characters, if it is longer: zone files want them in quotes.
	Parts []string `json:"parts,omitempty"`
	// Optional says that e-mails arrive without it.
	Optional bool `json:"optional"`

	Found   []string          `json:"found"`
	Verdict dnsrecord.Verdict `json:"verdict"`
	Level   string            `json:"level"`
	// Text says in English what was found, Do what to do about it; "" if there is nothing to do.
	Text string `json:"text"`
	Do   string `json:"do,omitempty"`
	// Alias is what the name is an alias of (CNAME), Broken what makes the record wrong, Lookups how many lookups SPF takes,
	// Macros that it has terms that are not evaluated.
	Alias   string `json:"alias,omitempty"`
	Broken  string `json:"broken,omitempty"`
	Lookups int    `json:"lookups,omitempty"`
	Macros  bool   `json:"macros,omitempty"`
}

// Alignment says whether the domain of From is proven, which DMARC asks for: by a signature or by the envelope sender.
type Alignment struct {
	OK      bool   `json:"ok"`
	Verdict string `json:"verdict"` // both, dkim, spf, none, unknown
	// From is the domain that is spoken of, Envelope the domain of the envelope sender.
	From     string `json:"from"`
	Envelope string `json:"envelope"`
	Text     string `json:"text"`
}

// Report is a domain with its records.
type Report struct {
	Name string `json:"name"`
	// Zone is the domain whose zone has the records.
	Zone string `json:"zone"`
	// Listed says that the domain is in the collection, so that it has keys.
	Listed bool `json:"listed"`
	// Senders are the names of the senders whose From is in the domain.
	Senders []string `json:"senders"`
	// Asked are the name servers that answered. If it is empty after a check, a resolver did, whose answers may be old.
	Asked []string `json:"asked"`
	// CheckedAt is null before a check.
	CheckedAt *time.Time `json:"checked_at"`
	// Changed says that the check found the next keys, so that they sign from now on.
	Changed   bool      `json:"changed"`
	OK        bool      `json:"ok"` // no record is an error
	Records   []Record  `json:"records"`
	Alignment Alignment `json:"alignment"`
}

// Unanswered reports whether a record could not be asked for.
func (r *Report) Unanswered() bool {
	return slices.ContainsFunc(r.Records, func(record Record) bool { return record.Verdict == NoAnswer })
}

// Complete reports whether every record was asked for, and none is an error.
func (r *Report) Complete() bool { return r.OK && !r.Unanswered() }
