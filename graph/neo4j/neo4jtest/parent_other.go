//go:build unix && !linux

package neo4jtest

import "syscall"

func endWithParent() *syscall.SysProcAttr { return detached() }
