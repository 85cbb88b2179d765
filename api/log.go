package api

import (
	"io"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tiermap/graph"
)

// NewLog returns a log that writes to w, one entry a line: format "json" for
// machines, with durations in seconds, "console" for people.
func NewLog(format string, level zapcore.Level, w io.Writer) (*zap.Logger, error) {
	c := zap.NewProductionEncoderConfig()
	c.EncodeTime = zapcore.RFC3339TimeEncoder
	c.EncodeDuration = zapcore.SecondsDurationEncoder
	var encoder zapcore.Encoder
	switch format {
	case "json":
		encoder = zapcore.NewJSONEncoder(c)
	case "console":
		c.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05")
		c.EncodeDuration = zapcore.StringDurationEncoder
		encoder = zapcore.NewConsoleEncoder(c)
	default:
		return nil, graph.Errorf(graph.BadInput, "a log is written as json or console, not as %q", format)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), level)), nil
}
