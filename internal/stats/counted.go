package stats

import (
	"encoding/json"
	"fmt"
	"strconv"

	"gonets/internal/database"
)

// Counted is what is to be added to the rollups. The zero value is nothing.
type Counted struct{ counts map[rollupKey]*Counts }

// IsEmpty reports whether nothing is to be added.
func (c *Counted) IsEmpty() bool { return len(c.counts) == 0 }

// Add adds what another has, which stays as it is.
func (c *Counted) Add(o Counted) {
	if c.counts == nil {
		c.counts = make(map[rollupKey]*Counts, len(o.counts))
	}
	addAll(c.counts, o.counts)
}

// Rows returns all of it as the parameter {:rows} of Upsert.
func (c *Counted) Rows() string {
	b := []byte{'['}
	for key, n := range c.counts {
		b = append(appendRollup(b, &key, n), ',')
	}
	return database.CloseArray(b)
}

// Each calls f with each rollup as {:rows} of its own, until f fails.
func (c *Counted) Each(f func(rows string) error) error {
	for key, n := range c.counts {
		if err := f(string(append(appendRollup([]byte{'['}, &key, n), ']'))); err != nil {
			return err
		}
	}
	return nil
}

// Bucket is the earliest quarter-hour in which something is counted, in Unix seconds; 0 if nothing is.
func (c *Counted) Bucket() int64 {
	var earliest int64
	for key := range c.counts {
		if earliest == 0 || key.bucket < earliest {
			earliest = key.bucket
		}
	}
	return earliest
}

// appendRollup appends one rollup as a JSON array, in the order of the columns of Upsert.
func appendRollup(b []byte, k *rollupKey, c *Counts) []byte {
	b = database.AppendString(append(b, '['), k.owner)
	b = strconv.AppendInt(append(b, ','), k.bucket, 10)
	b = database.AppendString(append(b, ','), k.mailing)
	b = database.AppendString(append(b, ','), k.domain)
	b = strconv.AppendInt(append(b, ','), int64(k.code), 10)
	b = database.AppendString(append(b, ','), k.enhanced)
	for _, n := range c.stored() {
		b = strconv.AppendInt(append(b, ','), *n, 10)
	}
	return append(b, ']')
}

// readRollups adds the rollups of a JSON array of appendRollup.
func (c *Counted) readRollups(rows string) error {
	var all [][]json.RawMessage
	if err := json.Unmarshal([]byte(rows), &all); err != nil {
		return fmt.Errorf("read the journal of rollups: %w", err)
	}
	for _, row := range all {
		var (
			k rollupKey
			n Counts
		)
		into := places(&k, &n)
		if len(row) != len(into) {
			return fmt.Errorf("read the journal of rollups: %d values in place of %d", len(row), len(into))
		}
		for i, value := range row {
			if err := json.Unmarshal(value, into[i]); err != nil {
				return fmt.Errorf("read the journal of rollups: %w", err)
			}
		}
		n.Soft = n.Bounced - n.Hard - n.Block
		c.Add(Counted{map[rollupKey]*Counts{k: &n}})
	}
	return nil
}

// places are where the columns of a rollup are read to, in the order of Upsert.
func places(k *rollupKey, c *Counts) []any {
	into := []any{&k.owner, &k.bucket, &k.mailing, &k.domain, &k.code, &k.enhanced}
	for _, n := range c.stored() {
		into = append(into, n)
	}
	return into
}

// stored are the counts that the table has, in the order of the columns of Upsert.
func (c *Counts) stored() [9]*int64 {
	return [...]*int64{&c.Attempts, &c.Success, &c.Failure, &c.Uncertain, &c.Sent, &c.Bounced, &c.Complained, &c.Hard, &c.Block}
}
