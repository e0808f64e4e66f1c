// discord.js's own layer of Discord's REST API: its calls beside our actions.
import { API } from "@discordjs/core/http-only";
import { REST } from "@discordjs/rest";

export default function rows(origin) {
    const sdk = new API(new REST({ api: `${origin}/api`, version: "10", retries: 0 }).setToken("secret"));
    const [channel, message, guild, person] = ["41771983423143937", "41771983423143938", "41771983423143939", "80351110224678912"];
    const there = { channel_id: channel, message_id: message };
    return [
        ["get_my_user", {}, () => sdk.users.getCurrent()],
        ["get_user", { user_id: person }, () => sdk.users.get(person)],
        ["create_message", { channel_id: channel, content: "Hello", reply_to: message },
            () => sdk.channels.createMessage(channel, { content: "Hello", message_reference: { message_id: message } })],
        ["list_messages", { channel_id: channel, limit: 5 }, () => sdk.channels.getMessages(channel, { limit: 5 })],
        ["get_message", there, () => sdk.channels.getMessage(channel, message)],
        ["update_message", { ...there, content: "Changed" }, () => sdk.channels.editMessage(channel, message, { content: "Changed" })],
        ["delete_message", there, () => sdk.channels.deleteMessage(channel, message)],
        ["add_my_message_reaction", { ...there, emoji_name: "👍" }, () => sdk.channels.addMessageReaction(channel, message, "👍")],
        ["create_dm", { recipient_id: person }, () => sdk.users.createDM(person)],
        ["create_thread_from_message", { ...there, name: "Why", auto_archive_duration: 60 },
            () => sdk.channels.createThread(channel, { name: "Why", auto_archive_duration: 60 }, message)],
        ["get_channel", { channel_id: channel }, () => sdk.channels.get(channel)],
        ["update_channel", { channel_id: channel, topic: "News" }, () => sdk.channels.edit(channel, { topic: "News" })],
        ["delete_channel", { channel_id: channel }, () => sdk.channels.delete(channel)],
        ["list_guild_channels", { guild_id: guild }, () => sdk.guilds.getChannels(guild)],
        ["create_guild_channel", { guild_id: guild, name: "news", type: 0, topic: "News" },
            () => sdk.guilds.createChannel(guild, { name: "news", type: 0, topic: "News" })],
        ["list_my_guilds", { limit: 5 }, () => sdk.users.getGuilds({ limit: 5 })],
        ["get_guild", { guild_id: guild }, () => sdk.guilds.get(guild, { with_counts: true })],
        ["list_guild_members", { guild_id: guild, limit: 5 }, () => sdk.guilds.getMembers(guild, { limit: 5 })],
        ["list_guild_roles", { guild_id: guild }, () => sdk.guilds.getRoles(guild)],
        ["add_guild_member_role", { guild_id: guild, user_id: person, role_id: message }, () => sdk.guilds.addRoleToMember(guild, person, message)],
    ];
}
