/** The reference page, in Markdown. */
export declare function configReference(): string;
//# sourceMappingURL=config-reference.d.ts.map