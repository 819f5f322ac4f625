package io.netty.util.test;

import org.junit.jupiter.api.extension.Extension;

/**
 * Stands in for a class of {@code netty-testsuite-common}, which is not published: tests of
 * OpenSSL's engine name it. Netty's looks for leaks after each test; here {@code ServedByArenasIT}
 * does so after all of them.
 */
public final class LeakPresenceExtension implements Extension {}
