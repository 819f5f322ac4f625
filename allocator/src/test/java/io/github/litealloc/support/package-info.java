/** What tests of all packages share. */
package io.github.litealloc.support;
