package supply

import "context"

// PathsWithin is Paths with a limit of its own on the steps looked at.
func (d *Dependency) PathsWithin(ctx context.Context, first, limit int) (Paths, error) {
	return d.paths(ctx, first, 0, limit)
}
