module.exports = (draft) => (draft === "draft-07" ? require("ajv") : require("ajv/dist/2020.js"));
