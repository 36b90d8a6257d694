package stats

import (
	"encoding/csv"
	"io"
	"strconv"
)

// WriteDays writes the days as CSV, one row a day.
func (s Statistics) WriteDays(to io.Writer) error {
	w := csv.NewWriter(to)
	row := []string{"day", "attempts", "success", "failure", "uncertain", "sent", "bounced", "hard", "soft", "block", "complained"}
	if err := w.Write(row); err != nil {
		return err
	}
	for _, day := range s.Days {
		row = append(row[:0], day.Day)
		for _, n := range []int64{day.Attempts, day.Success, day.Failure, day.Uncertain, day.Sent, day.Bounced, day.Hard, day.Soft, day.Block, day.Complained} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
