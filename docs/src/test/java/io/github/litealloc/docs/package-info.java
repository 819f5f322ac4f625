/** Holds README and {@code docs/} against the code. */
package io.github.litealloc.docs;
