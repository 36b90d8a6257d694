package cli

import (
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/fatih/color"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gonets/internal/jsonlog"
	"gonets/internal/printable"
)

// Formats of --log.
const (
	logText = "text"
	logJSON = "json"
)

// logFlag adds --log to a command that runs for long.
func logFlag(c *cobra.Command) {
	c.Flags().String("log", logText, "how messages are written: text, or json for one line of JSON an event on stderr, with PocketBase's log")
}

// messages is where the process tells what happens to it.
type messages struct{ json *jsonlog.Log }

// messagesOf sets how the process writes messages, before it writes the first one: by --log of the command and its arguments.
func messagesOf(app core.App, c *cobra.Command, args []string) (messages, error) {
	m := messages{}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.SetOutput(io.Discard)
	format := flags.String("log", logText, "")
	if c.Flags().Lookup("log") == nil || flags.Parse(args) != nil {
		return m, nil // a wrong flag is reported when the command runs
	}
	switch *format {
	case logText:
		return m, nil
	case logJSON:
	default:
		return m, fmt.Errorf("--log is %s or %s, not %q", logText, logJSON, *format)
	}
	m.json = jsonlog.New(os.Stderr)
	log.SetFlags(0)
	log.SetOutput(m.json.Lines(jsonlog.LevelWarn))
	color.NoColor = true
	color.Output = m.json.Lines(jsonlog.LevelInfo) // what PocketBase prints when it starts
	// PocketBase stores its log some seconds later, and without secrets (middleware.BindLogSecrets, which is bound before).
	app.OnModelCreate(core.LogsTableName).BindFunc(func(e *core.ModelEvent) error {
		if entry, ok := e.Model.(*core.Log); ok {
			m.json.Write(entry.Created.Time(), levelName(entry.Level), entry.Message, entry.Data)
		}
		return e.Next()
	})
	return m, nil
}

// levelName is the name of a level of log/slog.
func levelName(level int) string {
	switch {
	case level >= 8:
		return jsonlog.LevelError
	case level >= 4:
		return jsonlog.LevelWarn
	case level >= 0:
		return jsonlog.LevelInfo
	}
	return jsonlog.LevelDebug
}

// warn tells what the operator should know.
func (m messages) warn(text string, err error) {
	m.write(jsonlog.LevelWarn, "Warning: ", fmt.Sprint(text, ": ", err))
}

func (m messages) write(level, prefix, text string) {
	if m.json != nil {
		m.json.Write(time.Now(), level, text, nil)
		return
	}
	fmt.Fprintln(printable.Writer(os.Stderr), prefix+text)
}
