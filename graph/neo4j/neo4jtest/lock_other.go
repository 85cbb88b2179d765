//go:build !unix

package neo4jtest

import (
	"context"
	"syscall"
)

func lock(context.Context, ...string) (which int, unlock func(), err error) {
	return 0, nil, errNoServer("this system has no file locks that tests could share one with")
}

func tryLock(string, bool) (unlock func(), err error) {
	_, unlock, err = lock(context.Background())
	return unlock, err
}

func detached() *syscall.SysProcAttr      { return nil }
func endWithParent() *syscall.SysProcAttr { return nil }
