package loader

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Terminal returns f where it is a terminal, else nil: progress is shown to
// people and kept out of logs and pipes.
func Terminal(f *os.File) io.Writer {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return f
}

// refresh is how often the line of progress is written.
const refresh = 200 * time.Millisecond

// showProgress shows how far the job is until the function that it returns is
// called, which takes the line away.
func showProgress(w io.Writer, sink *Sink, job Job) (done func()) {
	if w == nil {
		return func() {}
	}
	var size int64
	for _, in := range job.Inputs {
		size += in.Size
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	start := time.Now()
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(refresh)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				line := progressLine(job.Dataset.ID, sink.rows.Load(), sink.bytes.Load(), size, time.Since(start))
				fmt.Fprintf(w, "\r\x1b[K%s", line)
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		fmt.Fprint(w, "\r\x1b[K")
	}
}

// progressLine says what was read, how fast, and how long the rest will take at
// that rate: "baci-hs17-v202601-2024  42 %  4.6 M rows  2.1 M rows/s  3 s left".
func progressLine(dataset string, rows, bytes, size int64, elapsed time.Duration) string {
	line := dataset
	if size > 0 {
		line += fmt.Sprintf("  %d %%", min(100, 100*bytes/size))
	}
	line += fmt.Sprintf("  %s rows", short(float64(rows)))
	if s := elapsed.Seconds(); s > 0 {
		line += fmt.Sprintf("  %s rows/s", short(float64(rows)/s))
	}
	if bytes > 0 && bytes < size {
		left := time.Duration(float64(elapsed) * float64(size-bytes) / float64(bytes))
		line += fmt.Sprintf("  %s left", left.Round(time.Second))
	}
	return line
}

// short writes a count to a few digits: 950, 12 k, 4.6 M.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.1f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0f k", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}
