//go:build unix

package neo4jtest

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// A file lock belongs to who opened the file, and the system takes it back when
// that process ends, however it does.

// lock waits until one of some files is nobody else's, and tells which.
func lock(ctx context.Context, paths ...string) (which int, unlock func(), err error) {
	for {
		for which, path := range paths {
			unlock, err := tryLock(path, true)
			if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) {
				return which, unlock, err
			}
		}
		select {
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tryLock takes a file for oneself alone, or for oneself among others.
func tryLock(path string, alone bool) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// detached keeps a process out of what ends its parent, such as Ctrl-C.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
